// The API's own names, from docs/openapi.yaml.
import type { components, operations } from './schema';

type Schemas = components['schemas'];
type Answer<Name extends 'getRehearsals' | 'endRehearsals' | 'play'> = operations[Name]['responses'][200]['content']['application/json'];
export type Status = Schemas['Status'];
export type Verdict = Status['verdict'];
export type Reason = Schemas['Reason'];
export type Host = Schemas['Host'];
export type Client = Schemas['Client'];
export type Device = Schemas['Device'];
export type Focus = Schemas['Focus'];
export type Failover = Schemas['Failover'];
export type System = Schemas['System'];
export type Machine = Schemas['Machine'];
export type MachineFigures = Schemas['MachineFigures'];
export type Alert = Schemas['Alert'];
export type AlertConfig = Schemas['AlertConfig'];
export type Delivery = Schemas['Delivery'];
export type ShowEvent = Schemas['Event'];
export type HistoryState = Schemas['HistoryState'];
export type History = Schemas['History'];
export type Pipeline = Schemas['Pipeline'];
export type Pipelines = Schemas['Pipelines'];
export type ClientPipeline = Schemas['ClientPipeline'];
export type ClientPipelineOutcome = Schemas['ClientPipelineOutcome'];
export type PipelineOutcome = Schemas['PipelineOutcome'];
export type Config = Schemas['Config'];
export type ConfigOutcome = Schemas['ConfigOutcome'];
export type ConfigHistory = Schemas['ConfigHistory'];
export type CommandResult = Schemas['Result'];
export type Rehearsal = Schemas['Rehearsal'];
export type RehearsedClient = Rehearsal['clients'][number];
export type Rehearsals = Answer<'getRehearsals'>;
export type RehearsalsEnded = Answer<'endRehearsals'>;
export type PlayResult = Answer<'play'>;
export type Bucket = Schemas['Histogram'][number];

/** What /ws/status tells. */
export interface ShowDocument {
    status: Status;
    hosts: { hosts: Host[] };
    clients: { clients: Client[] };
    devices: { devices: Device[] };
    focus: Focus;
    failover: Failover;
    system: System;
}

/** What /ws/alerts tells. */
export interface AlertDocument {
    active: Alert[];
    resolved: Alert[];
}
