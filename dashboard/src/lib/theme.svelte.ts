export const THEMES = ['dark', 'dim', 'light'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'midinet.theme';

class ThemeChoice {
    now = $state<Theme>('dark');

    constructor() {
        const kept = localStorage.getItem(KEY) as Theme | null;
        this.choose(kept && THEMES.includes(kept) ? kept : 'dark');
    }

    choose(theme: Theme): void {
        this.now = theme;
        localStorage.setItem(KEY, theme);
        document.documentElement.dataset['theme'] = theme;
        document.querySelector('meta[name=color-scheme]')?.setAttribute('content', theme === 'light' ? 'light' : 'dark');
    }

    next(): void {
        this.choose(THEMES[(THEMES.indexOf(this.now) + 1) % THEMES.length] ?? 'dark');
    }
}

export const theme = new ThemeChoice();
