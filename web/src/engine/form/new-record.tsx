import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import type { ComponentProps, MouseEvent } from "react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { useIsPhone } from "@/ui/use-media";
import { useRecordForms } from "./create-record";
import { prefillFromSearch } from "./prefill";

/** Values for a new record as an address holds them: `{stage: "lead"}`. */
export type Prefill = { [field: string]: string };

const SECONDS = 7;

/**
 * Begins a new record: over the page one is on, which stays as it is, and says where it went; on a phone on a page of
 * its own.
 */
export function useNewRecord(): (object: ObjectMeta, prefill?: Prefill) => void {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const forms = useRecordForms();
  const { message } = App.useApp();
  return useCallback(
    (object, prefill = {}) => {
      if (phone) {
        void navigate({ to: "/o/$object/new", params: { object: object.name }, search: prefill });
        return;
      }
      forms.create(
        object.name,
        prefillFromSearch(object, prefill),
        (made) => {
          const key = `made-${made.id}`;
          const open = () => {
            message.destroy(key);
            void navigate({ to: "/r/$object/$id", params: { object: object.name, id: made.id } });
          };
          void message.open({
            key,
            type: "success",
            duration: SECONDS,
            content: (
              <span>
                {t("form.made", { object: label(object.label), name: titleText(made[object.title_field]) })}
                <Button type="link" size="small" onClick={open}>
                  {t("form.openMade")}
                </Button>
              </span>
            ),
          });
        },
        true,
      );
    },
    [phone, navigate, forms, message, t, label],
  );
}

interface Props extends Omit<ComponentProps<typeof Button>, "href" | "onClick"> {
  object: ObjectMeta;
  prefill?: Prefill;
}

/** A link to the page of a new record, which an ordinary press opens as a drawer instead. */
export function NewRecordLink({ object, prefill, children, ...rest }: Props) {
  const begin = useNewRecord();
  return (
    <ButtonLink
      {...rest}
      to="/o/$object/new"
      params={{ object: object.name }}
      search={prefill ?? {}}
      onClick={(event: MouseEvent) => {
        // With a modifier the browser opens the page in a tab of its own.
        if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        begin(object, prefill);
      }}
    >
      {children}
    </ButtonLink>
  );
}
