/** A value from 0 to 1 with a short bar. */
export function ConfidenceMeter({ value }: { value: number }) {
  return (
    <span className="inline-flex items-baseline gap-1.5 whitespace-nowrap">
      <span
        aria-hidden
        className="relative h-1 w-6 self-center overflow-hidden rounded-full bg-line-strong/60"
      >
        <span className="absolute inset-y-0 left-0 bg-ink-2" style={{ width: `${value * 100}%` }} />
      </span>
      <span className="tabular-nums">
        <span className="sr-only">Confidence </span>
        {value.toFixed(2)}
      </span>
    </span>
  );
}
