// @vitest-environment node
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { unpacked } from "./archive.ts";

const fileOf = (bytes: Uint8Array, name: string) => new File([bytes as Uint8Array<ArrayBuffer>], name);

/** The archive, with another size declared for its only entry. */
function claiming(zip: Uint8Array, size: number): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  for (let at = 0; at + 46 <= zip.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
  }
  return zip;
}

describe("unpacked", () => {
  const model = new Uint8Array(100_000);

  it("gives the entries of a zip with a model, and leaves other zips as they are", async () => {
    const found = await unpacked([fileOf(zipSync({ "net.onnx": model, "net.bin": model }), "net.zip")]);
    expect(found.map(({ name, size }) => [name, size])).toEqual([
      ["net.onnx", 100_000],
      ["net.bin", 100_000],
    ]);
    const pictures = fileOf(zipSync({ "a.png": model }), "pictures.zip");
    expect(await unpacked([pictures])).toEqual([pictures]);
  });

  it("refuses what swells beyond, or stays below, what the archive says of it", async () => {
    const zip = () => zipSync({ "net.onnx": model });
    for (const size of [10, 100_001]) {
      await expect(unpacked([fileOf(claiming(zip(), size), "net.zip")])).rejects.toThrow(
        new RegExp(`^net\\.zip: net\\.onnx .*expected ${size}`),
      );
    }
  });
});
