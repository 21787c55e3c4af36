// A dropped zip that holds a model, unpacked by the browser itself, entry by entry. A zip of images stays as it is: the
// worker reads it (engine's data/files/zip.ts).

import { openZip, type Zip, type ZipEntry } from "@bitscape/engine";

/** Bytes of a zip beyond which its listing is not looked at: it would have to be read whole. */
const LARGEST = 2 ** 31 - 1;

/**
 * The files of a drop, where each zip that holds a model stands for its entries.
 * @throws a sentence where such a zip is damaged, or packed in a way that browsers do not know
 */
export async function unpacked(files: readonly File[]): Promise<File[]> {
  return (await Promise.all(files.map(entriesOf))).flat();
}

async function entriesOf(file: File): Promise<File[]> {
  if (!/\.zip$/i.test(file.name) || file.size > LARGEST) return [file];
  const bytes = new Uint8Array(await file.arrayBuffer());
  let zip: Zip;
  try {
    zip = openZip(bytes, file.name);
  } catch {
    // Whoever reads it as data says what is wrong with it.
    return [file];
  }
  if (!zip.entries.some(({ name }) => /\.onnx$/i.test(name))) return [file];
  const found: File[] = [];
  for (const entry of zip.entries) found.push(await inflated(zip, entry));
  return found;
}

async function inflated(zip: Zip, entry: ZipEntry): Promise<File> {
  const packed = zip.packed(entry) as Uint8Array<ArrayBuffer>;
  if (entry.method === 0) return new File([packed], entry.name);
  const stream = new Blob([packed])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .pipeThrough(noMoreThan(entry.size));
  const blob = await new Response(stream).blob().catch(() => {
    throw new Error(`${zip.name}: ${entry.name} is damaged, expected ${entry.size} bytes once inflated`);
  });
  if (blob.size !== entry.size) {
    throw new Error(`${zip.name}: ${entry.name} holds ${blob.size} bytes, expected ${entry.size}`);
  }
  return new File([blob], entry.name);
}

/** Ends with an error where more comes than the archive says: what swells must not fill the memory. */
function noMoreThan(most: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = most;
  return new TransformStream({
    transform(bytes, controller) {
      left -= bytes.length;
      if (left < 0) controller.error(new Error("more than the archive says"));
      else controller.enqueue(bytes);
    },
  });
}
