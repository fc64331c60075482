import { FilterOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { resolvePath, useMeta } from "../meta";
import "./filter.css";
import { lazyPart } from "@/ui/lazy-part";

const FilterPanel = lazyPart(async () => ({ default: (await import("./filter-panel")).FilterPanel }));

const FilterDrawer = lazyPart(async () => ({ default: (await import("./filter-drawer")).FilterDrawer }));

interface FilterButtonProps {
  object: ObjectMeta;
  /** The filter in use; empty for none. */
  expression: string;
  onChange: (expression: string) => void;
  open: boolean;
  onOpen: (open: boolean) => void;
  phone: boolean;
}

/** How many conditions an expression holds; what reads expressions is loaded once there is one. */
function useConditionCount(object: ObjectMeta, expression: string): number | null {
  const meta = useMeta();
  const [counted, setCounted] = useState<{ expression: string; count: number } | null>(null);
  useEffect(() => {
    if (expression.trim() === "") return;
    let current = true;
    void import("./from-expression").then(({ fromExpression }) => {
      if (!current) return;
      const model = fromExpression(expression, (path) => resolvePath(meta, object, path)?.field ?? null);
      setCounted({ expression, count: model ? model.conditions.length : 1 });
    });
    return () => {
      current = false;
    };
  }, [expression, meta, object]);
  return counted?.expression === expression ? counted.count : null;
}

/** Opens the filter; says how many conditions are at work. */
export function FilterButton({ object, expression, onChange, open, onOpen, phone }: FilterButtonProps) {
  const { t } = useTranslation();
  const count = useConditionCount(object, expression);
  const filtered = expression.trim() !== "";
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
      type={filtered ? "primary" : "default"}
      ghost={filtered}
      onClick={() => onOpen(!open)}
      aria-expanded={open}
    >
      {t("filter.title")}
      {filtered && count !== null ? ` · ${count}` : ""}
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
