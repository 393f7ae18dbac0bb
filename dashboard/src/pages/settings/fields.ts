// The keys that people change most, as a form; all others are in the text.
import type { Config } from '../../lib/api/types';

export type Field = { key: string } & ({ kind: 'number'; min: number; max: number } | { kind: 'text' } | { kind: 'flag' } | { kind: 'choice'; of: string[] });

export const FIELDS: Field[] = [
    { key: 'host.id', kind: 'number', min: 1, max: 65535 },
    { key: 'host.name', kind: 'text' },
    { key: 'midi.device', kind: 'text' },
    { key: 'network.multicast_group', kind: 'text' },
    { key: 'heartbeat.interval_ms', kind: 'number', min: 1, max: 1000 },
    { key: 'heartbeat.miss_threshold', kind: 'number', min: 1, max: 100 },
    { key: 'failover.auto_enabled', kind: 'flag' },
    { key: 'failover.mode', kind: 'choice', of: ['standby', 'mirror', 'relay'] },
    { key: 'failover.switch_back_policy', kind: 'choice', of: ['manual', 'auto'] },
    { key: 'failover.values', kind: 'choice', of: ['adopt', 'keep', 'pickup'] },
    { key: 'failover.lockout_seconds', kind: 'number', min: 0, max: 3600 },
    { key: 'failover.confirmation_mode', kind: 'choice', of: ['immediate', 'confirm'] },
    { key: 'log.level', kind: 'choice', of: ['trace', 'debug', 'info', 'warning', 'error', 'off'] },
];

export type Value = string | number | boolean;

export function valueOf(config: Config['config'], key: string): Value | undefined {
    const [section = '', name = ''] = key.split('.');
    const table = (config as Record<string, Record<string, Value>> | null)?.[section];
    return table?.[name];
}

/** Keys to set, by section, as PUT /api/config takes them. */
export function changeOf(edits: Record<string, Value>): Record<string, Record<string, Value>> {
    const change: Record<string, Record<string, Value>> = {};
    for (const [key, value] of Object.entries(edits)) {
        const [section = '', name = ''] = key.split('.');
        change[section] = { ...change[section], [name]: value };
    }
    return change;
}
