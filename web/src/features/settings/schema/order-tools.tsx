import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

interface OrderToolsProps {
  name: string;
  index: number;
  count: number;
  onMove: (by: number) => void;
  onRemove: (() => void) | null;
}

/** The list with one item moved. */
export function moved<T>(items: T[], index: number, by: number): T[] {
  const next = [...items];
  const [item] = next.splice(index, 1);
  if (item !== undefined) next.splice(index + by, 0, item);
  return next;
}

/** Up, down and away for one item of a list. */
export function OrderTools({ name, index, count, onMove, onRemove }: OrderToolsProps) {
  const { t } = useTranslation();
  return (
    <span className="gx-option-tools">
      <Button
        type="text"
        size="small"
        icon={<ArrowUpOutlined />}
        disabled={index === 0}
        onClick={() => onMove(-1)}
        aria-label={t("settings.optionUp", { name })}
      />
      <Button
        type="text"
        size="small"
        icon={<ArrowDownOutlined />}
        disabled={index === count - 1}
        onClick={() => onMove(1)}
        aria-label={t("settings.optionDown", { name })}
      />
      {onRemove ? (
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          onClick={onRemove}
          aria-label={t("settings.optionRemove", { name })}
        />
      ) : null}
    </span>
  );
}
