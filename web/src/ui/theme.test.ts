import { expect, it } from "vitest";
import { colorNames, tagColors } from "./theme";

/** The luminance of a colour as WCAG 2.2 reckons it. */
function luminance(color: string): number {
  const [hue = 0, saturation = 0, lightness = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  const reach = (saturation / 100) * Math.min(lightness / 100, 1 - lightness / 100);
  const part = (at: number) => {
    const turn = (at + hue / 30) % 12;
    const value = lightness / 100 - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(0) + 0.7152 * part(8) + 0.0722 * part(4);
}

it("every named colour can be read on a tag, light and dark", () => {
  for (const scheme of ["light", "dark"] as const) {
    for (const name of colorNames.filter((one) => one !== "gray")) {
      const { background, color } = tagColors(name, scheme);
      const [dim = 0, bright = 0] = [luminance(background), luminance(color)].sort((a, b) => a - b);
      expect((bright + 0.05) / (dim + 0.05), `${name}, ${scheme}`).toBeGreaterThan(4.5);
    }
  }
});
