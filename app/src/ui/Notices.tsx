// Where errors and remarks appear, one sentence each; they stay until dismissed.

import { dismiss } from "../state/notices.ts";
import { dismissLost } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { Button } from "./Button.tsx";
import { CloseIcon, WarningIcon } from "./icons.tsx";
import "./notices.css";

export function Notices() {
  const notices = useStore((state) => state.notices);
  const lost = useStore((state) => state.lost);
  return (
    <div className="notices">
      {lost && (
        <div className="notice" role="alert" aria-live="assertive" data-kind="error">
          <WarningIcon />
          <p>
            The engine stopped ({lost.reason}).{" "}
            {lost.back ? "It was restarted; your recipe is intact." : "Restarting it; your recipe is intact."}
          </p>
          <Button kind="plain" label="Dismiss" onClick={dismissLost}>
            <CloseIcon />
          </Button>
        </div>
      )}
      {notices.map((notice) => (
        <div key={notice.id} className="notice" role="alert" aria-live="assertive" data-kind={notice.kind}>
          <WarningIcon />
          <p>{notice.text}</p>
          {notice.way === "reload" && (
            <Button size="small" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          )}
          <Button kind="plain" label="Dismiss" onClick={() => dismiss(notice.id)}>
            <CloseIcon />
          </Button>
        </div>
      ))}
    </div>
  );
}
