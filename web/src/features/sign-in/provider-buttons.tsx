import { LoginOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Divider } from "antd";
import { useTranslation } from "react-i18next";
import { beginAtProvider } from "@/api/providers";
import type { Setup } from "@/api/types";
import { setOut } from "@/engine/provider-journey";

interface ProviderButtonsProps {
  providers: Setup["providers"];
  /** Where to go when signed in. */
  back: string;
  onBegin: () => void;
  /** By an account and a password of a directory. */
  onDirectory: (provider: Setup["providers"][number]) => void;
  onError: (error: unknown) => void;
}

/** Signing in by the accounts people have elsewhere. */
export function ProviderButtons({ providers, back, onBegin, onDirectory, onError }: ProviderButtonsProps) {
  const { t } = useTranslation();
  const begin = useMutation({
    mutationFn: beginAtProvider,
    onMutate: onBegin,
    onSuccess: (url) => setOut({ purpose: "sign-in", back }, url),
    onError,
  });
  if (providers.length === 0) return null;
  return (
    <div className="gx-sign-in-providers">
      <Divider plain>{t("signIn.or")}</Divider>
      {providers.map((provider) => (
        <Button
          key={provider.id}
          block
          icon={<LoginOutlined />}
          loading={begin.isPending && begin.variables === provider.id}
          disabled={begin.isPending && begin.variables !== provider.id}
          onClick={() => (provider.kind === "ldap" ? onDirectory(provider) : begin.mutate(provider.id))}
        >
          {t("signIn.byProvider", { provider: provider.name })}
        </Button>
      ))}
    </div>
  );
}
