import { Modal, Typography } from "antd";

interface SecretOnceProps {
  title: string;
  /** What to do with it, and that it is not shown again. */
  text: string;
  secret: string;
  onClose: () => void;
}

/** A secret that is shown this once. */
export function SecretOnce({ title, text, secret, onClose }: SecretOnceProps) {
  return (
    <Modal open title={title} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }}>
      <p>{text}</p>
      <Typography.Paragraph copyable code className="gx-key-secret">
        {secret}
      </Typography.Paragraph>
    </Modal>
  );
}
