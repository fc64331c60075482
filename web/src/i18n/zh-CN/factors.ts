/** Second factors: at sign-in, which needs them first, and in one's profile. */
export const factors = {
  code: "6 位验证码",
  recoveryCode: "恢复码",
  recoveryTitle: "恢复码",
  recoveryText: "手机丢失时，用恢复码代替验证码登录，每个只能用一次。",
  recoveryOnce: "请现在保存，恢复码只显示这一次。",
  recoveryKept: "我已保存，继续",
  copy: "复制",
  copied: "已复制",
  download: "下载为文件",
  totpTitle: "设置验证器应用",
  totpScan:
    "用验证器应用（如 Microsoft Authenticator、Google Authenticator、腾讯身份验证器）扫描二维码，或手动输入密钥。",
  totpType: "输入应用上显示的 6 位验证码。",
  confirm: "确认",
  addTotp: "使用手机上的验证器应用",
  addPasskey: "使用通行密钥",
  passkeyCancelled: "没有完成，请重试或换一种方式。",
};
