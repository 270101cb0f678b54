type ProgressProps = {
  /** For screen readers. */
  label: string;
  value: number;
  /** Unknown where undefined. */
  max: number | undefined;
};

export function Progress({ label, value, max }: ProgressProps) {
  return (
    <progress
      aria-label={label}
      {...(max !== undefined && max > 0 && { value: Math.min(value, max), max })}
      className="block h-1.5 w-full accent-accent"
    />
  );
}
