import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { DepartmentRule, ImportColumn, OwnerRule } from "@/api/imports";
import { CellValues } from "./cell-values";
import type { PlanDraft } from "./plan";
import { RecordChoice, RecordsChoice } from "./record-choice";

const MINE = "!mine";
const OWNER_WAYS = ["member", "turns", "column", "values", "nobody"] as const;
const DEPARTMENT_WAYS = ["department", "column", "values"] as const;

interface OwnersPanelProps {
  columns: ImportColumn[];
  draft: PlanDraft;
  onDraft: (draft: PlanDraft) => void;
}

/** Whose the new records become, and of which department, by a rule. */
export function OwnersPanel({ columns, draft, onDraft }: OwnersPanelProps) {
  const { t } = useTranslation();
  const { owners, departments } = draft;
  const first = columns[0]?.index ?? 0;
  const ownersBy = (by: string) => onDraft({ ...draft, owners: newOwners(by, first) });
  const departmentsBy = (by: string) => onDraft({ ...draft, departments: newDepartments(by, first) });
  const setOwners = (rule: OwnerRule) => onDraft({ ...draft, owners: rule });
  const setDepartments = (rule: DepartmentRule) => onDraft({ ...draft, departments: rule });
  return (
    <section className="gx-panel">
      <h2>{t("imports.ownersTitle")}</h2>
      <p>{t("imports.ownersText")}</p>
      <Form layout="vertical" component="div" className="gx-import-owners">
        <div>
          <Form.Item label={t("imports.owner")} htmlFor="import-owner-by">
            <Select
              id="import-owner-by"
              value={owners?.by ?? MINE}
              onChange={ownersBy}
              options={[
                { value: MINE, label: t("imports.ownersBy.mine") },
                ...OWNER_WAYS.map((value) => ({ value, label: t(`imports.ownersBy.${value}`) })),
              ]}
            />
          </Form.Item>
          {owners?.by === "member" ? (
            <RecordChoice
              object="user"
              label={t("imports.member")}
              value={owners.member}
              onChange={(member) => setOwners({ ...owners, member })}
            />
          ) : null}
          {owners?.by === "turns" ? (
            <RecordsChoice
              object="user"
              label={t("imports.members")}
              value={owners.members}
              onChange={(members) => setOwners({ ...owners, members })}
            />
          ) : null}
          {owners?.by === "column" ? (
            <ColumnChoice
              columns={columns}
              value={owners.column}
              onChange={(column) => setOwners({ ...owners, column })}
            />
          ) : null}
          {owners?.by === "values" ? (
            <>
              <ColumnChoice
                columns={columns}
                value={owners.column}
                onChange={(column) => setOwners({ by: "values", column, members: {} })}
              />
              <CellValues
                object="user"
                column={columns.find((one) => one.index === owners.column)}
                values={owners.members}
                otherwise={owners.otherwise ?? null}
                onChange={(members, otherwise) => setOwners({ ...owners, members, otherwise })}
              />
            </>
          ) : null}
        </div>
        <div>
          <Form.Item label={t("imports.department")} htmlFor="import-department-by">
            <Select
              id="import-department-by"
              value={departments?.by ?? MINE}
              onChange={departmentsBy}
              options={[
                { value: MINE, label: t("imports.departmentsBy.mine") },
                ...DEPARTMENT_WAYS.map((value) => ({ value, label: t(`imports.departmentsBy.${value}`) })),
              ]}
            />
          </Form.Item>
          {departments?.by === "department" ? (
            <RecordChoice
              object="department"
              label={t("imports.department")}
              value={departments.department}
              onChange={(department) => setDepartments({ ...departments, department })}
            />
          ) : null}
          {departments?.by === "column" ? (
            <ColumnChoice
              columns={columns}
              value={departments.column}
              onChange={(column) => setDepartments({ ...departments, column })}
            />
          ) : null}
          {departments?.by === "values" ? (
            <>
              <ColumnChoice
                columns={columns}
                value={departments.column}
                onChange={(column) => setDepartments({ by: "values", column, departments: {} })}
              />
              <CellValues
                object="department"
                column={columns.find((one) => one.index === departments.column)}
                values={departments.departments}
                otherwise={departments.otherwise ?? null}
                onChange={(next, otherwise) => setDepartments({ ...departments, departments: next, otherwise })}
              />
            </>
          ) : null}
        </div>
      </Form>
    </section>
  );
}

function newOwners(by: string, column: number): OwnerRule | null {
  if (by === "member") return { by, member: "" };
  if (by === "turns") return { by, members: [] };
  if (by === "column") return { by, column };
  if (by === "nobody") return { by };
  return by === "values" ? { by, column, members: {} } : null;
}

function newDepartments(by: string, column: number): DepartmentRule | null {
  if (by === "department") return { by, department: "" };
  if (by === "column") return { by, column };
  return by === "values" ? { by, column, departments: {} } : null;
}

interface ColumnChoiceProps {
  columns: ImportColumn[];
  value: number;
  onChange: (column: number) => void;
}

function ColumnChoice({ columns, value, onChange }: ColumnChoiceProps) {
  const { t } = useTranslation();
  return (
    <Form.Item>
      <Select
        value={value}
        onChange={onChange}
        showSearch={{ optionFilterProp: "label" }}
        options={columns.map((column) => ({
          value: column.index,
          label: column.header || t("imports.unnamed", { n: column.index + 1 }),
        }))}
        aria-label={t("imports.byColumn")}
      />
    </Form.Item>
  );
}
