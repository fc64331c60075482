import type { FieldDisplayProps } from "../types";

export function JsonDisplay({ value, variant }: FieldDisplayProps) {
  if (variant === "cell") return <code className="gx-code">{JSON.stringify(value)}</code>;
  return <pre className="gx-code">{JSON.stringify(value, null, 2)}</pre>;
}
