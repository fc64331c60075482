import { Skeleton } from "antd";
import { Suspense } from "react";
import { fieldKind } from "./registry";
import type { FieldInputProps } from "./types";

/** The input of any field. Each type's code loads on first use. */
export function FieldInput(props: FieldInputProps) {
  const kind = fieldKind(props.field);
  return (
    <Suspense fallback={<Skeleton.Input active block size="small" />}>
      <kind.Input {...props} />
    </Suspense>
  );
}
