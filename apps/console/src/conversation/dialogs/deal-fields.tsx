import { type Deal, type DealPatch, PaymentMethod } from '@baton/schema';
import { parseMoney } from '../../format/number.ts';
import { paymentLabels } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** The fields of a deal as typed. */
export type DealDraft = {
  monthly: string;
  setup: string;
  months: string;
  payment: PaymentMethod | typeof NOT_AGREED;
  discount: string;
};

const NOT_AGREED = 'open';

const centsToText = (cents: number | null | undefined): string => (cents == null ? '' : String(cents / 100));

export function dealDraftOf(deal: Deal | null): DealDraft {
  return {
    monthly: centsToText(deal?.monthlyValueCents),
    setup: centsToText(deal?.setupFeeCents),
    months: deal?.contractMonths == null ? '' : String(deal.contractMonths),
    payment: deal?.paymentMethod ?? NOT_AGREED,
    discount: deal?.discountPercent == null ? '' : String(deal.discountPercent),
  };
}

const isWholeBetween = (draft: string, least: number, most: number): boolean =>
  /^\d+$/.test(draft) && Number(draft) >= least && Number(draft) <= most;

export function dealErrors(draft: DealDraft): Partial<Record<keyof DealDraft, string>> {
  const errors: Partial<Record<keyof DealDraft, string>> = {};
  const invalidAmount = 'An amount like 1,250 or 99.50';
  if (draft.monthly !== '' && parseMoney(draft.monthly) === null) errors.monthly = invalidAmount;
  if (draft.setup !== '' && parseMoney(draft.setup) === null) errors.setup = invalidAmount;
  if (draft.months !== '' && !isWholeBetween(draft.months, 1, 600)) errors.months = 'Whole months, 1 to 600';
  const discount = Number(draft.discount);
  if (draft.discount !== '' && !(discount >= 0 && discount <= 100)) errors.discount = '0 to 100';
  return errors;
}

/** An empty field clears its value. */
export function dealPatchOf(draft: DealDraft): DealPatch {
  return {
    monthlyValueCents: draft.monthly === '' ? null : parseMoney(draft.monthly),
    setupFeeCents: draft.setup === '' ? null : parseMoney(draft.setup),
    contractMonths: draft.months === '' ? null : Number(draft.months),
    paymentMethod: draft.payment === NOT_AGREED ? null : draft.payment,
    discountPercent: draft.discount === '' ? null : Number(draft.discount),
  };
}

export type DealFieldsProps = { draft: DealDraft; onChange: (draft: DealDraft) => void };

export function DealFields({ draft, onChange }: DealFieldsProps) {
  const errors = dealErrors(draft);
  return (
    <div className="grid gap-4 two:grid-cols-2">
      <TextField
        label="A month, in dollars"
        inputMode="decimal"
        value={draft.monthly}
        error={errors.monthly}
        onChange={(event) => onChange({ ...draft, monthly: event.target.value })}
      />
      <Select
        label="Payment method"
        isLabelShown
        value={draft.payment}
        choices={[
          { value: NOT_AGREED, label: 'Not agreed yet' },
          ...PaymentMethod.options.map((value) => ({ value, label: paymentLabels[value] })),
        ]}
        onChange={(payment) => onChange({ ...draft, payment })}
      />
      <TextField
        label="Setup fee, in dollars"
        inputMode="decimal"
        value={draft.setup}
        error={errors.setup}
        onChange={(event) => onChange({ ...draft, setup: event.target.value })}
      />
      <TextField
        label="Length, in months"
        inputMode="numeric"
        value={draft.months}
        error={errors.months}
        onChange={(event) => onChange({ ...draft, months: event.target.value })}
      />
      <TextField
        label="Discount, in percent"
        inputMode="decimal"
        value={draft.discount}
        error={errors.discount}
        onChange={(event) => onChange({ ...draft, discount: event.target.value })}
      />
    </div>
  );
}
