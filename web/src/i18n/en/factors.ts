import type { Shape } from "../shape";
import type { factors as zh } from "../zh-CN/factors";

export const factors: Shape<typeof zh> = {
  code: "Six-digit code",
  recoveryCode: "Recovery code",
  recoveryTitle: "Recovery codes",
  recoveryText: "If your phone is lost, a recovery code stands in for it. Each works once.",
  recoveryOnce: "Keep them now: they are shown this once.",
  recoveryKept: "I have kept them, go on",
  copy: "Copy",
  copied: "Copied",
  download: "Download",
  totpTitle: "Set up an authenticator app",
  totpScan:
    "Scan the picture with an authenticator app (Microsoft or Google Authenticator, for example), or type the key.",
  totpType: "Enter the six digits the app shows.",
  confirm: "Confirm",
  addTotp: "Use an authenticator app",
  addPasskey: "Use a passkey",
  passkeyCancelled: "That was not completed. Try again, or use another way.",
};
