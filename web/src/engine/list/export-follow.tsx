import { Button } from "antd";
import { type Export, isOpenExport, readExport, saveExport } from "@/api/exports";
import type { Surroundings } from "./export-flow";

/** It is looked for often at first, for most are there at once, and seldom later. */
const FIRST_MS = 600;
const SLOWER = 1.5;
const SELDOM_MS = 8_000;
/** Nobody waits longer before the page; the notification comes all the same. */
const PATIENCE_MS = 20 * 60_000;

/** How long to wait before the next look, after so many. */
export const waitOf = (looks: number): number => Math.min(SELDOM_MS, FIRST_MS * SLOWER ** looks);

/** Says in a corner how far a file has come, and has it saved once it is there. */
export function followExport(around: Surroundings, begun: Export): void {
  const { app, t, formats, openExports } = around;
  const key = `export-${begun.id}`;
  let closed = false;
  const actions = (
    <Button
      size="small"
      onClick={() => {
        app.notification.destroy(key);
        openExports();
      }}
    >
      {t("exports.title")}
    </Button>
  );
  const show = (export_: Export) => {
    if (closed) return;
    const { done, records } = export_;
    app.notification.info({
      key,
      title: t("exports.making"),
      description: t("exports.makingText", { done: formats.number(done), total: formats.number(records) }),
      actions,
      duration: 0,
      onClose: () => {
        closed = true;
      },
    });
  };
  const end = (export_: Export) => {
    app.notification.destroy(key);
    if (export_.state === "ready") {
      saveExport(export_.id);
      void app.message.success(t("exports.saved", { n: formats.number(export_.done) }));
    } else if (export_.state === "failed") {
      app.notification.error({ title: t("exports.failed"), description: export_.failure, duration: 0 });
    }
  };
  const until = Date.now() + PATIENCE_MS;
  const look = (looks: number) => {
    setTimeout(() => {
      readExport(begun.id).then(
        (now) => {
          if (!isOpenExport(now)) return end(now);
          show(now);
          if (Date.now() < until) look(looks + 1);
        },
        // Signed out, or no network: the notification tells of it later.
        () => void (Date.now() < until && look(looks + 1)),
      );
    }, waitOf(looks));
  };
  show(begun);
  look(0);
}
