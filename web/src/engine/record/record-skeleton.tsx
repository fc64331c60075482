import { Skeleton } from "antd";

/** The shape of a record page while it loads. */
export function RecordSkeleton() {
  return (
    <div className="gx-record" aria-busy>
      <div className="gx-record-top">
        <Skeleton active avatar={{ shape: "square", size: 40 }} title={{ width: "30%" }} paragraph={{ rows: 1 }} />
      </div>
      <div className="gx-record-columns">
        <div className="gx-record-main">
          <Skeleton active paragraph={{ rows: 10 }} title={false} />
        </div>
        <aside className="gx-record-side">
          <Skeleton active paragraph={{ rows: 8 }} title={false} />
        </aside>
      </div>
    </div>
  );
}
