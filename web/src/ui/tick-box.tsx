import type { MouseEvent } from "react";

interface TickBoxProps {
  checked: boolean;
  /** Some of several are ticked. */
  partly?: boolean;
  label: string;
  tabIndex?: number;
  onTick: (checked: boolean, event: MouseEvent) => void;
}

/** The browser's own tick box in our colour: lists draw one per row while they scroll, so it must cost nothing. */
export function TickBox({ checked, partly = false, label, tabIndex, onTick }: TickBoxProps) {
  return (
    <input
      type="checkbox"
      className="gx-tick"
      checked={checked}
      ref={(box) => {
        if (box) box.indeterminate = partly && !checked;
      }}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={(event) => onTick(!checked, event)}
      // The click says all that is needed, and knows about the shift key.
      onChange={() => undefined}
    />
  );
}
