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
Takes away the task, the rule, the programs and the entry in PATH. Configuration and state stay.
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
$Bin = Join-Path $Prefix 'bin'
$Exe = Join-Path $Bin 'midi-client.exe'
$Cli = Join-Path $Bin 'midinet-cli.exe'
$Runner = Join-Path $Bin 'run-client.ps1'
$Config = Join-Path $Prefix 'config\client.toml'
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
    Get-Process -Name 'midi-client' -ErrorAction SilentlyContinue | Where-Object { $_.Path -eq $Exe } | Stop-Process -Force
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

# A task has no console of its own to show, and no file for what is said: this gives it both. The log before this start is kept too.
function Get-RunnerText {
    $exe, $log = @($Exe, $Log) | ForEach-Object { $_.Replace("'", "''") }
    return @"
# Started by the Scheduled Task "$TaskName". Made by client-install-windows.ps1.
`$log = '$Log'
if (Test-Path `$log) { Move-Item -Force `$log "`$log.1" }
`$client = Start-Process -FilePath '$Exe' -NoNewWindow -PassThru -RedirectStandardError `$log
`$null = `$client.Handle   # without it the exit code is lost (PowerShell 5.1)
`$client.WaitForExit()
exit `$client.ExitCode
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
        -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1)
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
    Step "remove $Bin and its entry in PATH" {
        Remove-Item -Recurse -Force $Bin -ErrorAction SilentlyContinue
        Set-UserPath @(Get-UserPath | Where-Object { $_ -ne $Bin })
    }
    Write-Output "left where they are: $Config, $(Join-Path $Prefix 'state'), $Log"
}

if (-not $DryRun -and -not (Test-Administrator)) {
    Stop-Saying 'the Scheduled Task and the firewall rule want an administrator: start PowerShell with "Run as administrator", or look at what it would do with -DryRun'
}
if ($Uninstall) { Uninstall-Client } else { Install-Client }
