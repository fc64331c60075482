import { ThunderboltOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { Suspense, type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionMeta, FieldValues, ObjectMeta } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { ObjectIcon } from "@/ui/object-icon";
import { useShortcuts } from "@/ui/shortcuts";
import { useMeta } from "../../meta";
import { InputDialog } from "../../record/input-dialog";
import type { SelectionScreen } from "../../slots";
import { useViewer } from "../../viewer";
import type { ListViewState } from "../use-list-view";
import type { Selection } from "../use-selection";
import { offeredFor, screensFor } from "./offered";
import { RunDialog } from "./run-dialog";
import type { Target } from "./run-over";
import { MOST_AT_ONCE, useSelectedRecords } from "./use-selected-records";

interface Job {
  action: ActionMeta;
  targets: Target[];
  fits: number;
  /** Null until it is told; nothing to tell where the action asks for nothing. */
  input: FieldValues | null;
  begun: boolean;
}

interface SelectionActionsProps {
  object: ObjectMeta;
  state: ListViewState;
  selection: Selection;
}

/** The actions of the ticked records, run on one after the other. */
export function SelectionActions({ object, state, selection }: SelectionActionsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const errorText = useErrorText();
  const meta = useMeta();
  const viewer = useViewer();
  const [open, setOpen] = useState(false);
  const [job, setJob] = useState<Job | null>(null);
  const [screen, setScreen] = useState<{ of: SelectionScreen; ids: string[] } | null>(null);
  const selected = useSelectedRecords(object, state, selection, open);
  useShortcuts({ a: () => setOpen(true) });

  const items = (): MenuProps["items"] => {
    const said = (key: string, text: string) => [{ key, label: text, disabled: true }];
    if (selected.error) return said("error", errorText(selected.error));
    if (!selected.data || selected.isFetching) return said("loading", t("common.loading"));
    const { records, tooMany } = selected.data;
    if (tooMany) return said("many", t("runs.tooMany", { n: formats.number(MOST_AT_ONCE) }));
    const targets = records.map((record) => ({
      id: record.id,
      name: titleText(record[object.title_field]) || t("record.untitled"),
    }));
    const offered = offeredFor(object, records, viewer);
    const screens = screensFor(object, records, viewer, meta);
    if (offered.length + screens.length === 0) return said("none", t("runs.none"));
    return [
      ...offered.map(({ action, fits }) => ({
        key: action.name,
        icon: action.icon ? <ObjectIcon icon={action.icon} /> : null,
        label: label(action.label),
        danger: action.danger,
        extra: fits < targets.length ? t("runs.fits", { n: formats.number(fits) }) : undefined,
        onClick: ({ domEvent }: { domEvent: SyntheticEvent }) => {
          // The key that chooses it must not press the button that has the focus next.
          domEvent.preventDefault();
          setJob({ action, targets, fits, input: null, begun: action.input.length === 0 });
        },
      })),
      ...(offered.length > 0 && screens.length > 0 ? [{ type: "divider" as const }] : []),
      ...screens.map((one) => ({
        key: `screen:${one.name}`,
        icon: <ObjectIcon icon={one.icon} />,
        label: t(one.text),
        onClick: () => setScreen({ of: one, ids: targets.map(({ id }) => id) }),
      })),
    ];
  };
  const settle = (left: string[] | null | undefined) => {
    if (!left) return;
    if (left.length === 0) selection.clear();
    else selection.keep(left);
  };
  const Screen = screen?.of.screen;
  return (
    <>
      <Dropdown menu={{ items: open ? items() : [] }} open={open} onOpenChange={setOpen} trigger={["click"]} autoFocus>
        <Button type="text" icon={<ThunderboltOutlined />}>
          {t("record.actions")}
        </Button>
      </Dropdown>
      {job && !job.begun ? (
        <InputDialog
          title={t("runs.title", { action: label(job.action.label), n: formats.number(job.targets.length) })}
          text={label(job.action.help)}
          okText={label(job.action.label)}
          danger={job.action.danger}
          object={object}
          record={null}
          fields={job.action.input}
          onSubmit={async (input) => setJob({ ...job, input, begun: true })}
          onClose={() => setJob((now) => (now?.begun ? now : null))}
        />
      ) : null}
      {job?.begun ? (
        <RunDialog
          object={object}
          action={job.action}
          input={job.input}
          targets={job.targets}
          fits={job.fits}
          onClose={(left) => {
            setJob(null);
            settle(left);
          }}
        />
      ) : null}
      {screen && Screen ? (
        <Suspense fallback={null}>
          <Screen
            object={object}
            ids={screen.ids}
            onClose={(left) => {
              setScreen(null);
              settle(left);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
