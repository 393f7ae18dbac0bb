import { route } from '../route.svelte';
import type { Monitor } from './monitor.svelte';
import { keep, recall } from './walk_memory';

const EVERY_MS = 2000;

/** Has the monitor's walk test know the device that is looked at; while the component that asks for it is there. */
export function rememberWalk(monitor: Monitor): void {
    $effect(() => {
        const device = route.device;
        monitor.walk = recall(device);
        const timer = setInterval(() => keep(device, monitor.walk), EVERY_MS);
        return () => {
            clearInterval(timer);
            keep(device, monitor.walk);
        };
    });
}
