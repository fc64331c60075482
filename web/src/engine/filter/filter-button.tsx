import { FilterOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { resolvePath, useMeta } from "../meta";
import "./filter.css";
import { fromExpression } from "./from-expression";

const FilterPanel = lazy(async () => ({ default: (await import("./filter-panel")).FilterPanel }));

const FilterDrawer = lazy(async () => ({ default: (await import("./filter-drawer")).FilterDrawer }));

interface FilterButtonProps {
  object: ObjectMeta;
  /** The filter in use; empty for none. */
  expression: string;
  onChange: (expression: string) => void;
  open: boolean;
  onOpen: (open: boolean) => void;
  phone: boolean;
}

/** Opens the filter; says how many conditions are at work. */
export function FilterButton({ object, expression, onChange, open, onOpen, phone }: FilterButtonProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const count = useMemo(() => {
    const model = fromExpression(expression, (path) => resolvePath(meta, object, path)?.field ?? null);
    return model ? model.conditions.length : 1;
  }, [expression, meta, object]);
  const panel = open ? (
    <Suspense fallback={<div className="gx-filter-panel" />}>
      <FilterPanel
        key={expression}
        object={object}
        expression={expression}
        onApply={(next) => {
          onChange(next);
          onOpen(false);
        }}
      />
    </Suspense>
  ) : null;
  const button = (
    <Button
      icon={<FilterOutlined />}
      type={count > 0 ? "primary" : "default"}
      ghost={count > 0}
      onClick={() => onOpen(!open)}
      aria-expanded={open}
    >
      {t("filter.title")}
      {count > 0 ? ` · ${count}` : ""}
    </Button>
  );
  if (phone) {
    return (
      <>
        {button}
        {open ? (
          <Suspense fallback={null}>
            <FilterDrawer onClose={() => onOpen(false)}>{panel}</FilterDrawer>
          </Suspense>
        ) : null}
      </>
    );
  }
  return (
    <Popover
      open={open}
      onOpenChange={(next) => !next && onOpen(false)}
      trigger="click"
      placement="bottomLeft"
      content={panel}
      destroyOnHidden
    >
      {button}
    </Popover>
  );
}
