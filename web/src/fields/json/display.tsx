import type { FieldDisplayProps } from "../types";

export function JsonDisplay({ value, variant }: FieldDisplayProps) {
  if (variant === "cell") return <code className="gx-json">{JSON.stringify(value)}</code>;
  return <pre className="gx-json">{JSON.stringify(value, null, 2)}</pre>;
}
