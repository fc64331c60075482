import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { type ChangeSize, changeSize } from "@/api/changes";
import { useFormats } from "@/i18n/formats";
import "./ask-undo.css";

interface Ways {
  /** Takes the whole change back. */
  all: () => void;
  /** Takes it back on this record alone; absent where there is nothing to go back to. */
  here?: (() => void) | undefined;
}

/** Before a change is taken back that many records went through together, says how many, and asks whether all of them are meant. */
export function useAskUndo(): (change: string, ways: Ways) => Promise<void> {
  const { t } = useTranslation();
  const formats = useFormats();
  const { modal } = App.useApp();
  const ask = ({ records, exact }: ChangeSize, { all, here }: Ways) => {
    const n = `${exact ? "" : "≥ "}${formats.number(records)}`;
    const dialog = modal.confirm({
      title: t("record.undoMany", { n }),
      content: t(here ? "record.undoManyText" : "record.undoManyOnly"),
      footer: () => {
        const act = (way?: () => void) => () => {
          dialog.destroy();
          way?.();
        };
        return (
          <div className="gx-undo-ways">
            <Button onClick={act()}>{t("common.cancel")}</Button>
            <Button danger onClick={act(all)}>
              {t("record.undoAll", { n })}
            </Button>
            {here ? (
              <Button type="primary" onClick={act(here)}>
                {t("record.undoHere")}
              </Button>
            ) : null}
          </div>
        );
      },
    });
  };
  return async (change, ways) => {
    // Of another's change nothing is told: the server says why it cannot be taken back.
    const size = await changeSize(change).catch(() => null);
    if (size && size.records > 1) ask(size, ways);
    else ways.all();
  };
}
