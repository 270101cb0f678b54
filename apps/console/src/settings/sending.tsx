import type { ReactNode } from 'react';
import { VIEWER_TIME_ZONE } from '../format/time.ts';
import { Notice } from '../ui/notice.tsx';
import { TextArea, TextField } from '../ui/text-field.tsx';
import { DraftSection, UnreadSection } from './draft-section.tsx';
import { policyOf, type SendingDraft, sendingDraftOf } from './sending-draft.ts';
import { Setting } from './setting.tsx';
import { TimeRange } from './time-range.tsx';
import { useTenantDraft } from './use-tenant-draft.ts';

const SECTION = {
  title: 'Sending',
  about:
    'When agents may write to customers. What one says against these rules is refused, and stays in the conversation with the reason. Nothing is on until it is set here.',
};

export function SendingSettings() {
  const { tenant, draft: typed, setDraft, save } = useTenantDraft<SendingDraft>();
  if (tenant.data === undefined) return <UnreadSection {...SECTION} error={tenant.error} lines={6} />;
  const draft = typed ?? sendingDraftOf(tenant.data.sendPolicy);
  const given = policyOf(draft, tenant.data.sendPolicy);
  const budgets = tenant.data.sendPolicy?.budgets ?? [];
  const change = (part: Partial<SendingDraft>) => setDraft({ ...draft, ...part });

  return (
    <DraftSection
      {...SECTION}
      legend="Rules of sending"
      isChanged={typed !== null}
      save={save}
      onSave={given && (() => save.mutate({ sendPolicy: given.policy }))}
      onDiscard={() => setDraft(null)}
    >
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
            <TimeRange value={draft} labels={['Quiet from', 'Quiet until']} onChange={change} />
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
    </DraftSection>
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
