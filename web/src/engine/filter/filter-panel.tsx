import { PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Segmented } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { listRecords } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { resolvePath, useMeta } from "../meta";
import { ConditionRow } from "./condition-row";
import { fieldChoices } from "./field-choices";
import { fromExpression } from "./from-expression";
import { type Condition, type FilterModel, operandKind } from "./model";
import { toExpression } from "./to-expression";

interface FilterPanelProps {
  object: ObjectMeta;
  expression: string;
  onApply: (expression: string) => void;
}

type Mode = "conditions" | "expression";

interface Line extends Condition {
  /** Tells lines apart while they are edited. */
  key: number;
}

const EMPTY_LINE: Condition = { path: "", operator: "contains", value: null };

/** Conditions for everybody, the expression for those who want more; both are the same filter. */
export function FilterPanel({ object, expression, onApply }: FilterPanelProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const errorText = useErrorText();
  const fieldOf = useCallback((path: string) => resolvePath(meta, object, path)?.field ?? null, [meta, object]);
  const groups = useMemo(
    () => fieldChoices(meta, object, (field) => field.filterable && operandKind(field) !== "other"),
    [meta, object],
  );
  const start = useMemo(() => fromExpression(expression, fieldOf), [expression, fieldOf]);
  const [mode, setMode] = useState<Mode>(start ? "conditions" : "expression");
  const [match, setMatch] = useState<FilterModel["match"]>(start?.match ?? "all");
  const [lines, setLines] = useState<Line[]>(() =>
    withKeys(start?.conditions.length ? start.conditions : [EMPTY_LINE]),
  );
  const [source, setSource] = useState(expression);
  const [error, setError] = useState<unknown>(null);
  const [checking, setChecking] = useState(false);
  const built = toExpression({ match, conditions: lines }, fieldOf);

  const changeMode = (next: Mode) => {
    setError(null);
    if (next === "expression") setSource(built);
    else {
      const model = fromExpression(source, fieldOf);
      if (!model) return setError(new Error(t("filter.advancedOnly")));
      setMatch(model.match);
      setLines(withKeys(model.conditions.length ? model.conditions : [EMPTY_LINE]));
    }
    setMode(next);
  };
  const apply = async () => {
    const wanted = (mode === "conditions" ? built : source).trim();
    setError(null);
    if (wanted) {
      setChecking(true);
      try {
        await listRecords(object.name, { filter: wanted, limit: 1, fields: object.title_field });
      } catch (problem) {
        setError(problem);
        return;
      } finally {
        setChecking(false);
      }
    }
    onApply(wanted);
  };
  const change = (key: number, next: Condition) =>
    setLines((current) => current.map((line) => (line.key === key ? { ...next, key } : line)));
  const position = isApiError(error) ? error.position : null;
  const wrongSource = mode === "conditions" ? built : source;

  return (
    <form
      className="gx-filter-panel"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <div className="gx-filter-head">
        <Segmented<Mode>
          value={mode}
          onChange={changeMode}
          options={[
            { value: "conditions", label: t("filter.conditions") },
            { value: "expression", label: t("filter.expression") },
          ]}
          aria-label={t("filter.title")}
        />
        {mode === "conditions" && lines.length > 1 ? (
          <Segmented<FilterModel["match"]>
            value={match}
            onChange={setMatch}
            options={[
              { value: "all", label: t("filter.matchAll") },
              { value: "any", label: t("filter.matchAny") },
            ]}
            aria-label={t("filter.conditions")}
          />
        ) : null}
      </div>
      {mode === "conditions" ? (
        <>
          {lines.length === 0 ? <p className="gx-muted">{t("filter.none")}</p> : null}
          {lines.map((line) => (
            <ConditionRow
              key={line.key}
              condition={line}
              groups={groups}
              field={line.path ? fieldOf(line.path) : null}
              onChange={(next) => change(line.key, next)}
              onRemove={() => setLines((current) => current.filter((other) => other.key !== line.key))}
            />
          ))}
          <Button
            type="dashed"
            icon={<PlusOutlined />}
            onClick={() => setLines((current) => [...current, ...withKeys([EMPTY_LINE])])}
          >
            {t("filter.add")}
          </Button>
        </>
      ) : (
        <Input.TextArea
          value={source}
          onChange={(event) => {
            setSource(event.target.value);
            setError(null);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void apply();
          }}
          placeholder={t("filter.expressionHelp")}
          aria-label={t("filter.expression")}
          className="gx-filter-source"
          autoSize={{ minRows: 3, maxRows: 10 }}
          status={error ? "error" : ""}
          spellCheck={false}
          autoFocus
        />
      )}
      {error ? (
        <Alert
          type="error"
          title={
            <>
              {errorText(error)}
              {position !== null ? <WrongPlace source={wrongSource} position={position} /> : null}
            </>
          }
        />
      ) : null}
      <div className="gx-filter-foot">
        <Button type="text" onClick={() => onApply("")}>
          {t("filter.clear")}
        </Button>
        <Button type="primary" htmlType="submit" loading={checking}>
          {t("filter.apply")}
        </Button>
      </div>
    </form>
  );
}

let lastKey = 0;

function withKeys(conditions: Condition[]): Line[] {
  return conditions.map((condition) => {
    lastKey += 1;
    return { ...condition, key: lastKey };
  });
}

/** The expression with the place marked at which the server stopped understanding. */
function WrongPlace({ source, position }: { source: string; position: number }) {
  const { t } = useTranslation();
  const at = Math.min(Math.max(position, 0), source.length);
  return (
    <>
      <code className="gx-wrong-place">
        {source.slice(0, at)}
        <mark>{source.slice(at, at + 1) || " "}</mark>
        {source.slice(at + 1)}
      </code>
      <span>{t("filter.position", { n: at + 1 })}</span>
    </>
  );
}
