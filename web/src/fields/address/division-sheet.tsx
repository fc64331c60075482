import { DownOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Cascader, Drawer, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DivisionPickerProps } from "./division-picker";
import { type DivisionOption, divisionsOptions, searchDivisions } from "./divisions";

const MOST_RESULTS = 30;

/** The same choice from the bottom of a phone: columns for the thumb, and a search that does not jump up by itself. */
export function DivisionSheet({ path, onChange, id, disabled, status, describedBy }: DivisionPickerProps) {
  const { t } = useTranslation();
  const divisions = useQuery(divisionsOptions);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const options = divisions.data ?? [];
  const found = typed.trim() ? searchDivisions(options, typed, MOST_RESULTS) : null;
  const close = () => {
    setOpen(false);
    setTyped("");
  };
  const choose = (chosen: DivisionOption[]) => {
    onChange(chosen);
    if (!chosen.at(-1)?.children) close();
  };
  return (
    <>
      <Button
        {...(id ? { id } : {})}
        block
        className="gx-divisions-open"
        data-empty={path.length === 0 || undefined}
        danger={status === "error"}
        disabled={disabled}
        icon={<DownOutlined />}
        iconPlacement="end"
        aria-haspopup="dialog"
        aria-label={[t("fields.divisions"), path.join(" / ")].filter(Boolean).join(": ")}
        aria-describedby={describedBy}
        onClick={() => setOpen(true)}
      >
        <span className="gx-ellipsis">{path.length > 0 ? path.join(" / ") : t("fields.divisions")}</span>
      </Button>
      <Drawer
        open={open}
        onClose={close}
        placement="bottom"
        size="70%"
        title={t("fields.divisions")}
        className="gx-divisions-sheet"
        extra={
          <>
            {path.length > 0 ? (
              <Button type="text" onClick={() => onChange([])}>
                {t("common.clear")}
              </Button>
            ) : null}
            <Button type="primary" onClick={close}>
              {t("common.done")}
            </Button>
          </>
        }
      >
        <Input
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t("fields.searchDivision")}
          aria-label={t("fields.searchDivision")}
        />
        {found ? (
          <ul className="gx-divisions-found">
            {found.map((way) => (
              <li key={way.map((option) => option.value).join("/")}>
                <Button
                  type="text"
                  block
                  onClick={() => {
                    onChange(way);
                    close();
                  }}
                >
                  {way.map((option) => option.label).join(" / ")}
                </Button>
              </li>
            ))}
            {found.length === 0 ? <li className="gx-muted">{t("fields.noDivision")}</li> : null}
          </ul>
        ) : (
          <Cascader.Panel<DivisionOption>
            options={options}
            value={path}
            onChange={(_names, chosen) => choose(chosen ?? [])}
            changeOnSelect
            notFoundContent={divisions.isError ? t("fields.divisionsFailed") : t("common.loading")}
          />
        )}
      </Drawer>
    </>
  );
}
