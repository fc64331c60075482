/** A piece of a text beside another one. */
export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Longer texts are not compared word by word: nobody reads such differences, and they cost the square of the length. */
const MOST_WORDS = 1_500;

/** Words of languages with spaces, single characters of those without, and what stands between them. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+|\s+|[^\p{L}\p{N}\s]/gu) ?? [];
}

/** What was taken out of a text and what was put in, in the order of reading. */
export function textDifferences(before: string, after: string): Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [left, right] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  const pieces: Piece[] = [];
  const put = (kind: Piece["kind"], text: string) => {
    if (text === "") return;
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  put("same", old.slice(0, head).join(""));
  if (left.length > MOST_WORDS || right.length > MOST_WORDS) {
    put("removed", left.join(""));
    put("added", right.join(""));
  } else compare(left, right, put);
  put("same", old.slice(old.length - tail).join(""));
  return pieces;
}

/** By the longest sequence of words that both have. */
function compare(left: string[], right: string[], put: (kind: Piece["kind"], text: string) => void): void {
  const width = right.length + 1;
  const common = new Uint16Array((left.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  let [row, column] = [0, 0];
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      put("same", left[row] ?? "");
      row += 1;
      column += 1;
    } else if (row < left.length && (column >= right.length || at(row + 1, column) >= at(row, column + 1))) {
      put("removed", left[row] ?? "");
      row += 1;
    } else {
      put("added", right[column] ?? "");
      column += 1;
    }
  }
}
