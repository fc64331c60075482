import { CheckCircleFilled, ExclamationCircleFilled, LoadingOutlined } from "@ant-design/icons";
import { Alert, Button, Modal, Progress } from "antd";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ActionMeta, FieldValues, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type SelectionRun, selectionRuns } from "../../slots";
import { RefusalList } from "./refusal-list";
import type { Target } from "./run-over";
import { type RunOverSelection, useRun } from "./use-run";
import "./run-dialog.css";

interface RunDialogProps {
  object: ObjectMeta;
  action: ActionMeta;
  /** What the action asked for, the same for all; null where it asks for nothing. */
  input: FieldValues | null;
  targets: Target[];
  /** To how many of them it seems to apply. */
  fits: number;
  /** `left`: what was refused or not begun; null where nothing was begun at all. */
  onClose: (left: string[] | null) => void;
}

/** An action on many records: asked once, then how far it is, then what became of each. */
export function RunDialog({ object, action, input, targets, fits, onClose }: RunDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const way = selectionRuns.get(`${object.name}.${action.name}`);
  const run = useRun(object, action, input ?? {}, targets, way);
  const { state, running, ended, left } = run;
  const name = label(action.label);
  const started = running || ended;
  // Whoever answered the action's questions has said yes already.
  const begin = useRef(input !== null ? run.start : null);
  useEffect(() => {
    begin.current?.();
    begin.current = null;
  }, []);
  const close = () => {
    if (running) return;
    onClose(started ? [...state.refused, ...left].map(({ id }) => id) : null);
  };
  const n = formats.number(targets.length);
  const footer = running ? (
    <Button key="stop" onClick={run.stop} disabled={run.stopped}>
      {t("runs.stop")}
    </Button>
  ) : ended ? (
    <>
      <Button key="close" type={left.length > 0 ? "default" : "primary"} autoFocus={left.length === 0} onClick={close}>
        {t("common.close")}
      </Button>
      {left.length > 0 ? (
        <Button key="continue" type="primary" autoFocus onClick={run.start}>
          {t("runs.continue")}
        </Button>
      ) : null}
    </>
  ) : (
    <>
      <Button key="cancel" onClick={close}>
        {t("common.cancel")}
      </Button>
      <Button key="start" type="primary" danger={action.danger} autoFocus onClick={run.start}>
        {name}
      </Button>
    </>
  );
  return (
    <Modal
      open
      title={t("runs.title", { action: name, n })}
      footer={footer}
      onCancel={close}
      closable={!running}
      mask={{ closable: false }}
      keyboard={!running}
      width={520}
    >
      {started ? (
        <Progressed run={run} object={object} targets={targets} way={way} />
      ) : (
        <>
          <p>{t("runs.ask", { action: name, n })}</p>
          {action.help ? <p className="gx-muted">{label(action.help)}</p> : null}
          {fits < targets.length ? (
            <Alert type="info" showIcon title={t("runs.unfit", { n: formats.number(targets.length - fits) })} />
          ) : null}
        </>
      )}
    </Modal>
  );
}

interface ProgressedProps {
  run: RunOverSelection;
  object: ObjectMeta;
  targets: Target[];
  way: SelectionRun | undefined;
}

function Progressed({ run, object, targets, way }: ProgressedProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { state, running, left } = run;
  const settled = state.done.length + state.refused.length;
  const [done, refused, total] = [state.done.length, state.refused.length, state.total].map((n) => formats.number(n));
  const text = running
    ? t(state.waiting ? "runs.waiting" : "runs.running", { done: formats.number(settled), n: total })
    : state.refused.length === 0 && left.length === 0
      ? t("runs.allDone", { n: total })
      : state.refused.length === 0
        ? t("runs.done", { n: done })
        : t("runs.someDone", { done, refused });
  const whole = !running && state.refused.length === 0 && left.length === 0;
  return (
    <div className="gx-run">
      <Progress
        percent={state.total > 0 ? Math.round((settled / state.total) * 100) : 100}
        showInfo={false}
        status={running ? "active" : whole ? "success" : "normal"}
        aria-label={text}
      />
      <p className="gx-run-text gx-numeric" role="status">
        {running ? (
          <LoadingOutlined />
        ) : whole ? (
          <CheckCircleFilled className="gx-run-good" />
        ) : (
          <ExclamationCircleFilled className="gx-run-mixed" />
        )}
        {text}
      </p>
      {!running && left.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("runs.left", { n: formats.number(left.length) })}
          description={t(run.stopped ? "runs.leftStopped" : run.halted ? "runs.leftRefused" : "runs.leftUnanswered")}
        />
      ) : null}
      {way ? (
        <Suspense>
          <way.Outcome object={object} targets={targets} state={state} left={running ? [] : left} />
        </Suspense>
      ) : state.refused.length > 0 ? (
        <RefusalList object={object.name} refused={state.refused} />
      ) : null}
      {!running && state.refused.length > 0 ? <p className="gx-muted gx-run-hint">{t("runs.keptTicked")}</p> : null}
    </div>
  );
}
