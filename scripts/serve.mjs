// A static file server for the built app: node:http, this machine only.
// Sends the headers that the app's own `_headers` file asks hosts for (Netlify's and Cloudflare's format).
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const host = "127.0.0.1";
const usualPort = 4173;

/** @type {Record<string, string>} */
const types = {
  ".bin": "application/octet-stream",
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".npy": "application/octet-stream",
  ".npz": "application/octet-stream",
  ".onnx": "application/octet-stream",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const worthPacking = /^text\/|json|xml|wasm/;

/**
 * A server for the files under `folder`.
 * @param {string} folder
 */
export function fileServer(folder) {
  const base = resolve(folder);
  const headersFor = headerRules(resolve(base, "_headers"));
  /** @type {Map<string, Promise<Buffer>>} compressed files by ETag */
  const packed = new Map();

  return createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "The file could not be read.");
    });
  });

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async function answer(request, response) {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "Only GET and HEAD are answered.");
    }
    const path = pathOf(request.url ?? "/");
    const file = path === undefined ? undefined : resolve(base, `.${path}`);
    if (path === undefined || file === undefined || !(file + sep).startsWith(base + sep)) {
      return refuse(response, 400, "The address is not a path in this site.");
    }
    const found = await look(file);
    if (!found) return refuse(response, 404, "There is no such file.");

    const type = types[extname(found.file).toLowerCase()] ?? "application/octet-stream";
    const etag = `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`;
    const pack = worthPacking.test(type) && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const tag = pack ? `${etag.slice(0, -1)}-gzip"` : etag;
    const headers = {
      "Cache-Control": "no-cache",
      ...headersFor(path),
      "Content-Type": type,
      ETag: tag,
      Vary: "Accept-Encoding",
    };
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304, headers).end();
    } else if (pack) {
      const body = await compressed(found.file, tag);
      response.writeHead(200, { ...headers, "Content-Encoding": "gzip", "Content-Length": body.length });
      response.end(request.method === "HEAD" ? undefined : body);
    } else {
      response.writeHead(200, { ...headers, "Content-Length": found.size });
      if (request.method === "HEAD") response.end();
      else
        createReadStream(found.file)
          .on("error", () => response.destroy())
          .pipe(response);
    }
  }

  /** @param {string} file @param {string} tag */
  function compressed(file, tag) {
    const key = `${file} ${tag}`;
    let body = packed.get(key);
    if (!body) {
      body = readFile(file).then((bytes) => promisify(gzip)(bytes));
      body.catch(() => packed.delete(key));
      packed.set(key, body);
    }
    return body;
  }
}

/**
 * The rules of a `_headers` file: paths, exact or ending in `*`, with indented headers below each.
 * @param {string} file
 * @returns {(path: string) => Record<string, string>}
 */
export function headerRules(file) {
  /** @type {{ path: string, headers: Record<string, string> }[]} */
  const rules = [];
  for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
    const [, indent, text] = /^(\s*)(.*?)\s*$/.exec(line) ?? [];
    if (!text || text.startsWith("#")) continue;
    const at = text.indexOf(":");
    if (indent === "") rules.push({ path: text, headers: {} });
    else if (at > 0)
      Object.assign(rules.at(-1)?.headers ?? {}, { [text.slice(0, at)]: text.slice(at + 1).trim() });
  }
  /** @param {string} rule @param {string} path */
  const matches = (rule, path) => (rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : path === rule);
  return (path) =>
    Object.assign({}, ...rules.filter((rule) => matches(rule.path, path)).map((rule) => rule.headers));
}

/** The decoded path of an address, or undefined where it has none. @param {string} url */
function pathOf(url) {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "");
    return path.startsWith("/") && !/[\0\\]/.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The file itself, or a folder's index.html. @param {string} file */
async function look(file) {
  for (const candidate of [file, resolve(file, "index.html")]) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return { file: candidate, size: found.size, mtimeMs: found.mtimeMs };
  }
  return undefined;
}

/** @param {import("node:http").ServerResponse} response @param {number} status @param {string} sentence */
function refuse(response, status, sentence) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}

/**
 * Listens on the port asked for, or on the usual one if it is free, or on any. Resolves with the port.
 * @param {import("node:http").Server} server
 * @param {number} [asked]
 */
export async function listen(server, asked) {
  try {
    return await attempt(server, asked ?? usualPort);
  } catch (error) {
    if (asked === undefined) return attempt(server, 0);
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    throw new Error(
      `port ${asked}: ${code === "EADDRINUSE" ? "found it in use" : code}, expected a free port.`,
    );
  }
}

/** @param {import("node:http").Server} server @param {number} port @returns {Promise<number>} */
const attempt = (server, port) =>
  new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      const address = server.address();
      done(typeof address === "object" && address ? address.port : port);
    });
  });
