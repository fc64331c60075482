/** The height that most of some have; nothing where there are none, or nothing is laid out. */
export function mostOf(heights: number[]): number | null {
  const times = new Map<number, number>();
  for (const height of heights) if (height > 0) times.set(height, (times.get(height) ?? 0) + 1);
  let most: number | null = null;
  for (const [height, count] of times) if (most === null || count > (times.get(most) ?? 0)) most = height;
  return most;
}
