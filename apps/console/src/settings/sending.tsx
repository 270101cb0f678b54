import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { useMayManage } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { TextArea, TextField } from '../ui/text-field.tsx';
import { policyOf, type SendingDraft } from './sending-draft.ts';
import { Setting, SettingSection } from './setting.tsx';
import { useSending } from './use-sending.ts';

const ABOUT =
  'When agents may write to customers. What one says against these rules is refused, and stays in the conversation with the reason. Nothing is on until it is set here.';

export function SendingSettings() {
  const { tenant, draft, isChanged, setDraft, save } = useSending();
  const mayManage = useMayManage();
  if (tenant.data === undefined || draft === undefined) {
    return (
      <SettingSection title="Sending" about={ABOUT}>
        {tenant.error === null ? (
          <SkeletonLines lines={6} />
        ) : (
          <Notice message={errorMessage(tenant.error)} className="mt-2" />
        )}
      </SettingSection>
    );
  }
  const given = policyOf(draft, tenant.data.sendPolicy);
  const budgets = tenant.data.sendPolicy?.budgets ?? [];
  const change = (part: Partial<SendingDraft>) => setDraft({ ...draft, ...part });

  return (
    <SettingSection title="Sending" about={ABOUT}>
      <fieldset disabled={!mayManage} className="min-w-0">
        <legend className="sr-only">Rules of sending</legend>
        <Setting name="Time zone" note="Of contacts whose own is unknown, of holidays and budgets">
          <div className="max-w-72">
            <TextField
              label="Time zone"
              isLabelHidden
              value={draft.timeZone}
              placeholder={VIEWER_TIME_ZONE}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change({ timeZone: event.target.value })}
            />
          </div>
        </Setting>
        <Setting name="Quiet hours" note="On the contact’s clock; an answer passes">
          <Switch isOn={draft.isQuiet} onChange={(isQuiet) => change({ isQuiet })}>
            No messages at night
          </Switch>
          {draft.isQuiet && (
            <div className="mt-2 flex items-center gap-1.5">
              <TextField
                label="Quiet from"
                isLabelHidden
                type="time"
                value={draft.from}
                onChange={(event) => change({ from: event.target.value })}
                className="w-28"
              />
              <span aria-hidden>–</span>
              <TextField
                label="Quiet until"
                isLabelHidden
                type="time"
                value={draft.to}
                onChange={(event) => change({ to: event.target.value })}
                className="w-28"
              />
            </div>
          )}
        </Setting>
        <Setting name="WhatsApp’s window" note="A template passes">
          <Switch isOn={draft.hasWindow} onChange={(hasWindow) => change({ hasWindow })}>
            Only within 24 hours of the customer’s latest words
          </Switch>
        </Setting>
        <Setting name="Messages in a row" note="Of agents, without a word of the customer">
          <div className="w-40">
            <TextField
              label="At most"
              inputMode="numeric"
              autoComplete="off"
              placeholder="No limit"
              value={draft.runLimit}
              onChange={(event) => change({ runLimit: event.target.value })}
            />
          </div>
        </Setting>
        <Setting name="Holidays" note="No follow-up comes due on them">
          <div className="max-w-72">
            <TextArea
              label="A day in each line, like 2026-12-25"
              value={draft.holidays}
              spellCheck={false}
              onChange={(event) => change({ holidays: event.target.value })}
            />
          </div>
        </Setting>
        {budgets.length > 0 && (
          <Setting name="Budgets a day" note="Set through the API">
            <ul>
              {budgets.map(({ agentId, tokensPerDay, costMicrosPerDay }) => (
                <li key={agentId}>
                  {agentId}: {[tokens(tokensPerDay), dollars(costMicrosPerDay)].filter(Boolean).join(', ')}
                </li>
              ))}
            </ul>
          </Setting>
        )}
        {given === null && (
          <Notice
            message="Something here is no time zone, no day or no number from 1 to 100."
            className="mt-2"
          />
        )}
        {save.error !== null && (
          <Notice message={`Not saved. ${errorMessage(save.error)}`} className="mt-2" />
        )}
        {!mayManage && <p className="mt-3 text-ink-3">Changing them needs the right to manage.</p>}
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            disabled={!isChanged || given === null || save.isPending}
            onClick={() => given !== null && save.mutate(given.policy)}
          >
            Save
          </Button>
          {isChanged && <Button onClick={() => setDraft(null)}>Discard changes</Button>}
          {!isChanged && save.isSuccess && (
            <span role="status" className="text-ink-3">
              Saved
            </span>
          )}
        </div>
      </fieldset>
    </SettingSection>
  );
}

const tokens = (count: number | undefined) => count !== undefined && `${count.toLocaleString('en')} tokens`;
const dollars = (micros: number | undefined) => micros !== undefined && `$${(micros / 1_000_000).toFixed(2)}`;

type SwitchProps = { isOn: boolean; onChange: (isOn: boolean) => void; children: ReactNode };

function Switch({ isOn, onChange, children }: SwitchProps) {
  return (
    <label className="flex items-center gap-2">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span>{children}</span>
    </label>
  );
}
