/** Two-byte sequences of GB18030 by the character they stand for; the platform can only read the encoding. */
function twoByteCharacters(): Map<string, [number, number]> {
  const decoder = new TextDecoder("gb18030");
  const found = new Map<string, [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) found.set(decoder.decode(new Uint8Array([lead, trail])), [lead, trail]);
    }
  }
  return found;
}

/** Writes text the way a Chinese spreadsheet program saves CSV. */
export function encodeGb18030(text: string): Buffer {
  const table = twoByteCharacters();
  return Buffer.from(
    [...text].flatMap((character) => {
      const code = character.charCodeAt(0);
      if (code < 0x80) return [code];
      const bytes = table.get(character);
      if (!bytes) throw new Error(`“${character}” has no two-byte form in GB18030`);
      return bytes;
    }),
  );
}
