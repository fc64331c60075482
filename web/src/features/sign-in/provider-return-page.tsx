import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { Alert } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { setCsrfToken } from "@/api/client";
import { isApiError } from "@/api/errors";
import { pagePath } from "@/api/place";
import { type ProviderReturn, readMeIfAny, signInByProvider } from "@/api/providers";
import type { Me, NextStep, ProviderConfirmation } from "@/api/types";
import { currentJourney } from "@/engine/provider-journey";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { ConfirmAccount } from "./confirm-account";
import { NextStepForm } from "./next-step";
import { safeReturn } from "./safe-return";
import { SignInFrame } from "./sign-in-frame";
import { useEnter } from "./use-enter";

interface Returned {
  answer: ProviderReturn | null;
  /** The provider's own word for why there is none. */
  refusal: string | null;
}

/** What stands in the address, taken from there at once: it should not stay in the history of the browser. */
function useReturned(): Returned {
  const [returned] = useState<Returned>(() => {
    const query = new URLSearchParams(window.location.search);
    const [code, state] = [query.get("code"), query.get("state")];
    if (code && state) return { answer: { code, state, iss: query.get("iss") }, refusal: null };
    const said = query.get("error") ?? "";
    // A code of the protocol and nothing else: whoever makes up a link must not get his own words onto this page.
    return { answer: null, refusal: /^[a-z_]{1,40}$/.test(said) ? said : "no_answer" };
  });
  useEffect(() => {
    if (window.location.search) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return returned;
}

/** Where an identity provider sends the browser back to. */
export function ProviderReturnPage() {
  const { t } = useTranslation();
  const { provider } = useParams({ from: "/sign-in/$provider" });
  const { answer, refusal } = useReturned();
  const navigate = useNavigate();
  const router = useRouter();
  const errorText = useErrorText();
  const [journey] = useState(currentJourney);
  const [next, setNext] = useState<NextStep | null>(null);
  const enter = useEnter(() => router.history.replace(pagePath(safeReturn(journey.back))));
  const arrive = (came: Me | NextStep) => {
    if ("stage" in came) {
      setCsrfToken(came.csrf_token);
      setNext(came);
    } else enter(came);
  };
  const signIn = useMutation({
    mutationFn: async (back: ProviderReturn) => {
      // Who binds an account to himself does it by the session he has.
      if (journey.purpose === "bind") setCsrfToken((await readMeIfAny()).csrf_token);
      return signInByProvider(provider, back);
    },
    onSuccess: (came) => {
      if (!("confirm" in came)) arrive(came);
    },
  });
  const begun = useRef(false);
  const { mutate } = signIn;
  useEffect(() => {
    // What the provider sent is good for once.
    if (answer && !begun.current) {
      begun.current = true;
      mutate(answer);
    }
  }, [answer, mutate]);

  if (next) {
    return (
      <SignInFrame>
        <NextStepForm step={next} onSignedIn={enter} onBack={() => void navigate({ to: "/login" })} />
      </SignInFrame>
    );
  }
  const came = signIn.data;
  const confirmation: ProviderConfirmation | null = came && "confirm" in came ? came : null;
  const cancelled = refusal === "access_denied";
  const problem =
    refusal !== null
      ? t(cancelled ? "providers.cancelled" : "providers.refused", { reason: refusal })
      : signIn.error
        ? errorText(signIn.error)
        : null;
  return (
    <SignInFrame>
      {confirmation ? <ConfirmAccount confirmation={confirmation} onArrived={arrive} /> : null}
      {problem ? (
        <>
          <h1>{t("providers.failedTitle")}</h1>
          <Alert type={cancelled ? "info" : "error"} showIcon title={problem} role="alert" />
          {isApiError(signIn.error, "not_a_member") ? <p className="gx-muted">{t("providers.notMember")}</p> : null}
        </>
      ) : null}
      {problem || confirmation ? (
        <p className="gx-sign-in-aside">
          {journey.purpose === "bind" ? (
            <Link to="/profile/security">{t("providers.backToProfile")}</Link>
          ) : (
            <Link to="/login">{t("joining.back")}</Link>
          )}
        </p>
      ) : (
        <PageSkeleton rows={3} />
      )}
    </SignInFrame>
  );
}
