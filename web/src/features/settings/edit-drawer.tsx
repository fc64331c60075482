import { Button, Form } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SideDrawer } from "@/ui/side-drawer";

interface EditDrawerProps {
  title: string;
  /** What the button says that leads on; what it does is `onSubmit`. */
  submitText: string;
  onSubmit: () => void;
  /** From the guard of the form: closing asks where something would be lost. */
  close: () => void;
  disabled?: boolean;
  /** The server is looking at what is written. */
  checking?: boolean;
  children: ReactNode;
  /** Dialogs over the drawer. */
  over?: ReactNode;
}

/** Something of the settings being edited beside its page: a form, and below it the ways out. */
export function EditDrawer(props: EditDrawerProps) {
  const { title, submitText, onSubmit, close, disabled = false, checking = false, children, over } = props;
  const { t } = useTranslation();
  return (
    <SideDrawer
      onClose={close}
      title={title}
      footer={
        <div className="gx-drawer-foot">
          <span className="gx-muted" aria-live="polite">
            {checking ? t("filter.checking") : ""}
          </span>
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="primary" onClick={onSubmit} disabled={disabled}>
            {submitText}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" onFinish={() => (disabled ? undefined : onSubmit())}>
        {children}
        <button type="submit" hidden />
      </Form>
      {over}
    </SideDrawer>
  );
}
