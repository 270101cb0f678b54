import { ArrowDownWideNarrow, ListFilter } from 'lucide-react';
import { IconButton, type IconButtonProps } from '../ui/icon-button.tsx';

type ButtonProps = Omit<IconButtonProps, 'label' | 'icon'>;

export function FilterButton({ isFiltered, ...rest }: ButtonProps & { isFiltered: boolean }) {
  return (
    <IconButton
      label="Filter"
      icon={<ListFilter size={16} />}
      className={isFiltered ? 'text-accent' : undefined}
      {...rest}
    />
  );
}

export function OrderButton(props: ButtonProps) {
  return <IconButton label="Order" icon={<ArrowDownWideNarrow size={16} />} {...props} />;
}
