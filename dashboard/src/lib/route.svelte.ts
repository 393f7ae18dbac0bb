// The address is the view: page and parameters. Whoever is given the link sees the same.
import pages from '../../pages.json';

class Route {
    path = $state(location.pathname);
    query = $state.raw(new URLSearchParams(location.search));

    constructor() {
        addEventListener('popstate', () => this.read());
    }

    get known(): boolean {
        return pages.includes(this.path);
    }

    /** Which device's show; the first where the address does not say. Whoever follows it is not disturbed when the address says something else. */
    readonly device = $derived.by(() => {
        const number = Number(this.query.get('device'));
        return Number.isInteger(number) && number >= 1 ? number : 1;
    });

    /** The address of a page, in the show that is looked at. */
    to(path: string): string {
        return this.device > 1 ? `${path}?device=${this.device}` : path;
    }

    go(address: string): void {
        history.pushState(null, '', address);
        this.read();
        scrollTo(0, 0);
    }

    /** Changes a parameter of this page's address; null: takes it away. */
    set(name: string, value: string | null): void {
        this.change({ [name]: value });
    }

    /** Several at once. */
    change(values: Record<string, string | null>): void {
        const query = new URLSearchParams(this.query);
        for (const [name, value] of Object.entries(values)) {
            if (value === null) query.delete(name);
            else query.set(name, value);
        }
        const said = query.toString();
        history.replaceState(null, '', this.path + (said ? `?${said}` : ''));
        this.read();
    }

    /** Links of this page are followed without loading it anew. */
    follow(event: MouseEvent): void {
        const link = event.target instanceof Element ? event.target.closest('a') : null;
        if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        const url = new URL(link.href);
        if (url.origin !== location.origin || url.hash || !pages.includes(url.pathname)) return;
        event.preventDefault();
        this.go(url.pathname + url.search);
    }

    private read(): void {
        this.path = location.pathname;
        this.query = new URLSearchParams(location.search);
    }
}

export const route = new Route();
