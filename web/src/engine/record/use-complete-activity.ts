import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import type { FieldValues } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { conditionHolds } from "../expression/evaluate";
import { recordScope } from "../expression/record-scope";
import { findObject, useMeta } from "../meta";
import { useViewer } from "../viewer";
import { useAskNextStep } from "./use-ask-next-step";

/** The action a tick runs. */
export const COMPLETE = "complete";

/** Ticking things off: for records whose object has an action `complete` that applies now. */
export function useCompleteActivity() {
  const { t } = useTranslation();
  const meta = useMeta();
  const viewer = useViewer();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const askNext = useAskNextStep();
  const offered = useCallback(
    (name: string, record: FieldValues | undefined): boolean => {
      const object = findObject(meta, name);
      const action = object?.actions.find((candidate) => candidate.name === COMPLETE);
      if (!object || !action || !record) return false;
      if (!action.visible_when) return true;
      return conditionHolds(action.visible_when, recordScope(object.fields, record, viewer)) === true;
    },
    [meta, viewer],
  );
  const run = useCallback(
    (object: string, id: string) => {
      runAction(object, id, COMPLETE, {})
        .then(() => {
          void message.success(t("record.completed"));
          // What it was about may go on without anybody knowing how. That it cannot be asked is no failure of the tick.
          askNext(object, id).catch(() => undefined);
          return queryClient.invalidateQueries({ queryKey: queryKeys.records });
        })
        .catch((error: unknown) => void message.error(errorText(error)));
    },
    [queryClient, message, errorText, askNext, t],
  );
  return { offered, run };
}
