<#
.SYNOPSIS
Installs midi-client and midinet-cli for the user who runs this: their files, a Scheduled Task at logon, a firewall rule.
.DESCRIPTION
Run in PowerShell as administrator (the task and the rule want it). Running it again updates what is there; a configuration is never
overwritten. The programs are taken from -From: a folder with midi-client.exe in it, as `make build-windows` makes it; midinet-cli.exe is
taken along where it is there.
.PARAMETER From
The folder with midi-client.exe and midinet-cli.exe. Default: the folder of this script, else build\windows\bin beside it.
.PARAMETER Prefix
Where it is installed. Default: %LOCALAPPDATA%\MIDInet.
.PARAMETER Uninstall
Takes away the task, the rule and the programs; their folder and its entry in PATH when nothing else is in it. Configuration and state stay.
.PARAMETER DryRun
Says what would be done, and does nothing. Needs no administrator.
.EXAMPLE
.\scripts\client-install-windows.ps1 -DryRun
#>
[CmdletBinding()]
param(
    [string]$From = '',
    [string]$Prefix = "$env:LOCALAPPDATA\MIDInet",
    [switch]$Uninstall,
    [switch]$DryRun
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$TaskName = 'MIDInet Client'
$RuleName = 'MIDInet Client'
$DriverPage = 'https://www.tobias-erichsen.de/software/virtualmidi.html'
# The task starts in another folder: a relative one is of here.
$Prefix = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Prefix)
$Bin = Join-Path $Prefix 'bin'
$Exe = Join-Path $Bin 'midi-client.exe'
$Cli = Join-Path $Bin 'midinet-cli.exe'
$Runner = Join-Path $Bin 'run-client.ps1'
$Config = Join-Path $Prefix 'config\client.toml'
$State = Join-Path $Prefix 'state'
$Log = Join-Path $Prefix 'midi-client.log'

function Step([string]$What, [scriptblock]$Action) {
    if ($DryRun) { Write-Output "would: $What"; return }
    Write-Output $What
    & $Action
}

function Stop-Saying([string]$Why) {
    [Console]::Error.WriteLine("client-install-windows: $Why")
    exit 1
}

function Test-Administrator {
    $me = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
    return $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

# The task may have started it, or a person.
function Stop-Client {
    if (Get-ScheduledTask -TaskName $TaskName -ErrorAction SilentlyContinue) { Stop-ScheduledTask -TaskName $TaskName }
    # Its file is locked until it has ended.
    Get-Process -Name 'midi-client' -ErrorAction SilentlyContinue | Where-Object { $_.Path -eq $Exe } |
        Stop-Process -Force -PassThru | Wait-Process -Timeout 10
}

function Find-Programs {
    $places = @($From)
    if ($From -eq '') {
        $here = if ($PSScriptRoot) { $PSScriptRoot } else { (Get-Location).Path }   # none when it was piped into iex
        $places = @($here, (Join-Path $here '..\build\windows\bin'))
    }
    foreach ($place in $places) {
        if ($place -and (Test-Path (Join-Path $place 'midi-client.exe'))) { return (Resolve-Path $place).Path }
    }
    Stop-Saying "there is no midi-client.exe in $($places -join ' or '): build it on Linux with ``make build-windows``, copy it here, and name its folder with -From"
}

# With another person's password all of this would be that person's: folder, task and PATH.
function Show-OtherUser {
    $me = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    $owners = @(Get-CimInstance Win32_Process -Filter "Name = 'explorer.exe'" -ErrorAction SilentlyContinue |
        Invoke-CimMethod -MethodName GetOwner -ErrorAction SilentlyContinue | Where-Object { $_.User } | ForEach-Object { "$($_.Domain)\$($_.User)" })
    if ($owners.Count -gt 0 -and $owners -notcontains $me) {
        Write-Warning "this runs as $me, but logged in is $($owners -join ', '): the client would be installed for $me, and start when $me logs in"
    }
}

# A task has no console of its own to show, and no file for what is said: this gives it both. The log before this start is kept too.
# Task Scheduler starts again what could not be started, not what ended with an error: that is done here.
function Get-RunnerText {
    $exe, $log, $config, $state = @($Exe, $Log, $Config, $State) | ForEach-Object { $_.Replace("'", "''") }
    return @"
# Started by the Scheduled Task "$TaskName". Made by client-install-windows.ps1.
`$log = '$log'
`$options = '--state-dir "$state"'
if (Test-Path '$config') { `$options += ' --config "$config"' }
# Until it ends in good order (0), or its configuration is wrong (2).
while (`$true) {
    if (Test-Path `$log) { Move-Item -Force `$log "`$log.1" }
    `$client = Start-Process -FilePath '$exe' -ArgumentList `$options -NoNewWindow -PassThru -RedirectStandardError `$log
    `$null = `$client.Handle   # without it the exit code is lost (PowerShell 5.1)
    `$client.WaitForExit()
    if (`$client.ExitCode -eq 0 -or `$client.ExitCode -eq 2) { exit `$client.ExitCode }
    Start-Sleep -Seconds 1
}
"@
}

function Register-Client {
    $powershell = Join-Path $env:SystemRoot 'System32\WindowsPowerShell\v1.0\powershell.exe'
    $action = New-ScheduledTaskAction -Execute $powershell `
        -Argument "-NoProfile -ExecutionPolicy Bypass -WindowStyle Hidden -File `"$Runner`""
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    $trigger = New-ScheduledTaskTrigger -AtLogOn -User $user
    # Without these a task is below normal priority, ends after three days, and does not run on a laptop's battery.
    $settings = New-ScheduledTaskSettingsSet -Priority 4 -ExecutionTimeLimit ([TimeSpan]::Zero) `
        -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable -MultipleInstances IgnoreNew `
        -RestartCount 255 -RestartInterval (New-TimeSpan -Minutes 1)
    $principal = New-ScheduledTaskPrincipal -UserId $user -LogonType Interactive -RunLevel Limited
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings -Principal $principal `
        -Description 'Plays the MIDI of MIDInet hosts into a virtual MIDI device' -Force | Out-Null
}

# Hosts send to groups, which Windows takes for unsolicited. Of the programs alone, and in public networks too: a venue's is one.
function Add-Rule {
    Remove-NetFirewallRule -DisplayName $RuleName -ErrorAction SilentlyContinue
    foreach ($program in @($Exe, $Cli)) {
        New-NetFirewallRule -DisplayName $RuleName -Direction Inbound -Action Allow -Protocol UDP -Program $program -Profile Any | Out-Null
    }
}

function Get-UserPath { return @([Environment]::GetEnvironmentVariable('Path', 'User') -split ';' | Where-Object { $_ -ne '' }) }
function Set-UserPath([string[]]$Entries) { [Environment]::SetEnvironmentVariable('Path', ($Entries -join ';'), 'User') }

function Install-Client {
    $source = Find-Programs
    Step "stop a client that runs" { Stop-Client }
    $programs = @('midi-client.exe', 'midinet-cli.exe') | Where-Object { Test-Path (Join-Path $source $_) }
    Step "copy $($programs -join ' and ') from $source to $Bin" {
        New-Item -ItemType Directory -Force $Bin | Out-Null
        if ($source -ne $Bin) { foreach ($program in $programs) { Copy-Item -Force (Join-Path $source $program) $Bin } }
    }
    Step "make $State" { New-Item -ItemType Directory -Force $State | Out-Null }
    Step "write $Runner" { Set-Content -Path $Runner -Value (Get-RunnerText) -Encoding UTF8 }
    if (-not (Test-Path $Config)) {
        Step "write $Config, with nothing but comments in it" {
            New-Item -ItemType Directory -Force (Split-Path $Config) | Out-Null
            $text = "# midi-client needs no configuration. What there is to set: midi-client --print-config`n"
            [IO.File]::WriteAllText($Config, $text)
        }
    }
    if ((Get-UserPath) -notcontains $Bin) { Step "add $Bin to the user's PATH" { Set-UserPath (@(Get-UserPath) + $Bin) } }
    Step "allow $Exe and $Cli to be reached by UDP (firewall rule `"$RuleName`")" { Add-Rule }
    Step "start it at logon (Scheduled Task `"$TaskName`")" { Register-Client }
    if (-not (Test-Path (Join-Path $env:SystemRoot 'System32\teVirtualMIDI64.dll'))) {
        Write-Warning "the teVirtualMIDI driver is missing: install it from $DriverPage (loopMIDI and rtpMIDI bring it too); without it the client makes no MIDI device"
    }
    Step "start it now" { Start-ScheduledTask -TaskName $TaskName }
    Write-Output "what it says is in $Log"
}

function Uninstall-Client {
    Step "stop a client that runs" { Stop-Client }
    Step "remove the Scheduled Task `"$TaskName`"" {
        Unregister-ScheduledTask -TaskName $TaskName -Confirm:$false -ErrorAction SilentlyContinue
    }
    Step "remove the firewall rule `"$RuleName`"" { Remove-NetFirewallRule -DisplayName $RuleName -ErrorAction SilentlyContinue }
    Step "remove the programs from $Bin, and the folder and its entry in PATH when nothing else is in it" {
        foreach ($file in @($Exe, $Cli, $Runner)) { if (Test-Path $file) { Remove-Item -Force $file } }
        if ((Test-Path $Bin) -and @(Get-ChildItem -Force $Bin).Count -eq 0) { Remove-Item -Force $Bin }
        if (-not (Test-Path $Bin)) { Set-UserPath @(Get-UserPath | Where-Object { $_ -ne $Bin }) }
    }
    Write-Output "left where they are: $Config, $State, $Log"
}

if (-not $DryRun -and -not (Test-Administrator)) {
    Stop-Saying 'the Scheduled Task and the firewall rule want an administrator: start PowerShell with "Run as administrator", or look at what it would do with -DryRun'
}
Show-OtherUser
if ($Uninstall) { Uninstall-Client } else { Install-Client }
