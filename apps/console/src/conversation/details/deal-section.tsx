import type { Deal } from '@baton/schema';
import { Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatMoney } from '../../format/number.ts';
import { formatCount, paymentLabels } from '../../format/labels.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CollapsibleSection } from '../../ui/collapsible-section.tsx';
import { Time } from '../../ui/time.tsx';
import { useConversation } from '../conversation-context.ts';
import { ForWorkers } from '../../session/for-workers.tsx';

function dealRows(deal: Deal): [string, ReactNode][] {
  const all: [string, ReactNode | null][] = [
    ['A month', deal.monthlyValueCents === null ? null : formatMoney(deal.monthlyValueCents)],
    ['Setup', deal.setupFeeCents === null ? null : formatMoney(deal.setupFeeCents)],
    ['Length', deal.contractMonths === null ? null : formatCount(deal.contractMonths, 'month')],
    ['Payment', deal.paymentMethod === null ? null : paymentLabels[deal.paymentMethod]],
    ['Discount', deal.discountPercent === null ? null : `${deal.discountPercent} %`],
    ['Starts', deal.startAt === null ? null : <Time key="starts" at={deal.startAt} />],
    ['Closed', deal.closedAt === null ? null : <Time key="closed" at={deal.closedAt} />],
    ['Because', deal.closeReason],
  ];
  return all.filter((row): row is [string, ReactNode] => row[1] !== null);
}

export function DealSection() {
  const { conversation, openDialog } = useConversation();
  const { deal } = conversation;
  const value = deal?.monthlyValueCents ?? null;
  return (
    <CollapsibleSection
      name="deal"
      title="Deal"
      summary={value === null ? 'None yet' : `${formatMoney(value)} a month`}
      actions={
        <ForWorkers>
          <IconButton
            label="Change the deal"
            icon={<Pencil size={14} />}
            onClick={() => openDialog({ name: 'deal' })}
          />
        </ForWorkers>
      }
    >
      {deal === null || dealRows(deal).length === 0 ? (
        <p className="text-ink-3">What was agreed stands here: value, length, how it is paid.</p>
      ) : (
        <dl className="grid grid-cols-[80px_minmax(0,1fr)] gap-y-1">
          {dealRows(deal).map(([name, part]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd>{part}</dd>
            </div>
          ))}
        </dl>
      )}
    </CollapsibleSection>
  );
}
