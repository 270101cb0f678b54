import { DEFAULT_QUIET_HOURS, SendPolicy } from '@baton/schema';

/** The policy as it is typed: what the page does not show stays as it is. */
export type SendingDraft = {
  timeZone: string;
  isQuiet: boolean;
  from: string;
  to: string;
  hasWindow: boolean;
  runLimit: string;
  /** A day in each line. */
  holidays: string;
};

const DAY_MS = 86_400_000;

export function sendingDraftOf(policy: SendPolicy | null): SendingDraft {
  const { timeZone = '', quietHours, windows, runLimit, holidays = [] } = policy ?? {};
  return {
    timeZone,
    isQuiet: quietHours !== undefined,
    ...(quietHours ?? DEFAULT_QUIET_HOURS),
    hasWindow: windows?.whatsapp !== undefined,
    runLimit: runLimit === undefined ? '' : String(runLimit),
    holidays: holidays.join('\n'),
  };
}

/** @returns null where something typed is wrong; `policy` null where nothing is on any more */
export function policyOf(
  draft: SendingDraft,
  saved: SendPolicy | null,
): { policy: SendPolicy | null } | null {
  const { timeZone, isQuiet, from, to, hasWindow, runLimit } = draft;
  const { whatsapp = { durationMs: DAY_MS }, ...otherWindows } = saved?.windows ?? {};
  const windows = { ...otherWindows, ...(hasWindow && { whatsapp }) };
  const holidays = draft.holidays.split(/\s+/).filter((day) => day !== '');
  const { budgets } = saved ?? {};
  const policy = {
    ...(timeZone.trim() !== '' && { timeZone: timeZone.trim() }),
    ...(isQuiet && { quietHours: { from, to } }),
    ...(Object.keys(windows).length > 0 && { windows }),
    ...(runLimit.trim() !== '' && { runLimit: Number(runLimit) }),
    ...(budgets && { budgets }),
    ...(holidays.length > 0 && { holidays }),
  };
  if (Object.keys(policy).length === 0) return { policy: null };
  const parsed = SendPolicy.safeParse(policy);
  return parsed.success ? { policy: parsed.data } : null;
}
