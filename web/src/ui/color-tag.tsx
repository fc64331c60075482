import type { ReactNode } from "react";
import { useAppearance } from "./appearance";
import { tagColors } from "./theme";

interface ColorTagProps {
  /** A named colour as definitions use them; anything else is the neutral one. */
  color: string | null | undefined;
  children: ReactNode;
}

/** A word in a colour. Ant Design's tags have the same names for colours and too little contrast in most of them. */
export function ColorTag({ color, children }: ColorTagProps) {
  const { scheme } = useAppearance();
  return (
    <span className="gx-tag gx-color-tag" style={tagColors(color, scheme)}>
      {children}
    </span>
  );
}
