import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Place } from "./figure";

/** A number with its name and a note; it opens the records behind it. */
export function Tile({
  name,
  value,
  note,
  open,
}: {
  name: string;
  value: string | null;
  note: ReactNode;
  open: Place;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="gx-numeric">
        {value === null ? (
          <span className="gx-bone" />
        ) : (
          <Link to="/o/$object" params={{ object: open.object }} search={{ view: "all", filter: open.filter }}>
            {value}
          </Link>
        )}
        <small>{value === null ? "\u00a0" : note}</small>
      </dd>
    </div>
  );
}
