import { useTheme } from '../theme/theme.ts';
import { SegmentedControl } from '../ui/segmented.tsx';
import { Setting, SettingSection } from './setting.tsx';

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

export function ThemeSettings() {
  const [theme, setTheme] = useTheme();
  return (
    <SettingSection title="Theme" about="How this browser shows Baton.">
      <Setting name="Colours" note="Kept in this browser">
        <SegmentedControl label="Colours" value={theme} choices={THEMES} onChange={setTheme} />
      </Setting>
    </SettingSection>
  );
}
