import { type Deal, type DealPatch, PaymentMethod } from '@baton/schema';
import { parseMoney } from '../../format/number.ts';
import { paymentWords } from '../../format/labels.ts';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';

/** What the fields of a deal hold, as typed. */
export type DealText = {
  monthly: string;
  setup: string;
  months: string;
  payment: PaymentMethod | typeof OPEN;
  discount: string;
};

const OPEN = 'open';

const dollars = (cents: number | null | undefined): string => (cents == null ? '' : String(cents / 100));

export function dealTextOf(deal: Deal | null): DealText {
  return {
    monthly: dollars(deal?.monthlyValueCents),
    setup: dollars(deal?.setupFeeCents),
    months: deal?.contractLength == null ? '' : String(deal.contractLength),
    payment: deal?.paymentMethod ?? OPEN,
    discount: deal?.discountPercent == null ? '' : String(deal.discountPercent),
  };
}

const isWhole = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** What is wrong with what was typed, by field. */
export function dealFaults(text: DealText): Partial<Record<keyof DealText, string>> {
  const faults: Partial<Record<keyof DealText, string>> = {};
  const amount = 'An amount like 1,250 or 99.50';
  if (text.monthly !== '' && parseMoney(text.monthly) === null) faults.monthly = amount;
  if (text.setup !== '' && parseMoney(text.setup) === null) faults.setup = amount;
  if (text.months !== '' && !isWhole(text.months, 1, 600)) faults.months = 'Whole months, 1 to 600';
  const discount = Number(text.discount);
  if (text.discount !== '' && !(discount >= 0 && discount <= 100)) faults.discount = '0 to 100';
  return faults;
}

/** The patch of a deal: a field that is empty takes its part back. */
export function dealPatchOf(text: DealText): DealPatch {
  return {
    monthlyValueCents: text.monthly === '' ? null : parseMoney(text.monthly),
    setupFeeCents: text.setup === '' ? null : parseMoney(text.setup),
    contractLength: text.months === '' ? null : Number(text.months),
    paymentMethod: text.payment === OPEN ? null : text.payment,
    discountPercent: text.discount === '' ? null : Number(text.discount),
  };
}

export type DealFieldsProps = { text: DealText; onChange: (text: DealText) => void };

export function DealFields({ text, onChange }: DealFieldsProps) {
  const faults = dealFaults(text);
  return (
    <div className="grid gap-4 two:grid-cols-2">
      <TextField
        label="A month, in dollars"
        inputMode="decimal"
        value={text.monthly}
        fault={faults.monthly}
        onChange={(event) => onChange({ ...text, monthly: event.target.value })}
      />
      <Select
        label="Payment method"
        isLabelShown
        value={text.payment}
        choices={[
          { value: OPEN, label: 'Not agreed yet' },
          ...PaymentMethod.options.map((value) => ({ value, label: paymentWords[value] })),
        ]}
        onChange={(payment) => onChange({ ...text, payment })}
      />
      <TextField
        label="Setup fee, in dollars"
        inputMode="decimal"
        value={text.setup}
        fault={faults.setup}
        onChange={(event) => onChange({ ...text, setup: event.target.value })}
      />
      <TextField
        label="Length, in months"
        inputMode="numeric"
        value={text.months}
        fault={faults.months}
        onChange={(event) => onChange({ ...text, months: event.target.value })}
      />
      <TextField
        label="Discount, in percent"
        inputMode="decimal"
        value={text.discount}
        fault={faults.discount}
        onChange={(event) => onChange({ ...text, discount: event.target.value })}
      />
    </div>
  );
}
