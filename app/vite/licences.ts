// The licences of what is built in: Vite lists what the page's own modules come from; this adds the packages that only the
// workers load, and the few that ship no licence text of their own.

import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

export const LICENCES = "licences.md";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** @param packages folders whose declared dependencies are all named */
export function workerLicences(packages: readonly string[]): Plugin {
  return {
    name: "bitscape:licences",
    apply: "build",
    enforce: "post",
    writeBundle({ dir }) {
      if (!dir) return;
      const file = join(dir, LICENCES);
      const listed = existsSync(file) ? readFileSync(file, "utf8") : "";
      const missing = packages
        .flatMap((folder) => dependenciesOf(folder))
        .filter(({ manifest }) => !listed.includes(`## ${manifest.name} - `));
      const names = new Set<string>();
      for (const { folder, manifest } of missing) {
        if (names.has(manifest.name)) continue;
        names.add(manifest.name);
        appendFileSync(file, `\n${section(folder, manifest)}`);
      }
    },
  };
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

function dependenciesOf(folder: string): { folder: string; manifest: Manifest }[] {
  return Object.entries(manifestOf(folder).dependencies ?? {})
    .filter(([, version]) => !version.startsWith("workspace:"))
    .map(([name]) => join(folder, "node_modules", name))
    .map((each) => ({ folder: each, manifest: manifestOf(each) }));
}

function section(folder: string, { name, version, license, repository }: Manifest): string {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const url = typeof repository === "string" ? repository : repository?.url;
  const text = file
    ? readFileSync(join(folder, file), "utf8").trim()
    : `Under the licence ${license ?? "that its source names"}; its source: ${url ?? "the package registry"}`;
  return `## ${name} - ${version} (${license ?? "unnamed"})\n\n${text}\n`;
}
