# Running, testing and checking as in the Makefile, for Windows PowerShell 5.1 and later.
#
#   powershell -ExecutionPolicy Bypass -File make.ps1 run            (the dashboard on http://127.0.0.1:8501)
#   powershell -ExecutionPolicy Bypass -File make.ps1 test
#   powershell -ExecutionPolicy Bypass -File make.ps1 check
#
# Needs Python 3.11 or later ("py" or "python"). Settings come from the environment:
#   $env:PORT = 9000; $env:HOST_ADDRESS = "0.0.0.0"; $env:WHEELS = "folder-of-wheels"; $env:PYTHON = "C:\Python312\python.exe"
param([string]$Command = "help", [Parameter(ValueFromRemainingArguments = $true)][string[]]$Rest)

$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
# Where an environment forbids Python to keep what it compiled, every start takes three times as long.
Remove-Item Env:PYTHONDONTWRITEBYTECODE -ErrorAction SilentlyContinue
$Port = if ($env:PORT) { $env:PORT } else { "8501" }
$BindTo = if ($env:HOST_ADDRESS) { $env:HOST_ADDRESS } else { "127.0.0.1" }
$Venv = ".venv"
$Py = Join-Path $Venv "Scripts\python.exe"

function Invoke-Step {
    # Windows PowerShell does not stop on a program's exit code by itself.
    $Program, $Arguments = $args
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

function New-Venv {
    if (Test-Path $Py) { return }
    $Python = if ($env:PYTHON) { $env:PYTHON }
        elseif (Get-Command py -ErrorAction SilentlyContinue) { "py" }
        else { "python" }
    & $Python -c "import sys; sys.exit(sys.version_info < (3, 11))"
    if ($LASTEXITCODE -ne 0) {
        Write-Host "Python 3.11 or later is needed."
        exit 2
    }
    Invoke-Step $Python -m venv $Venv
}

function Install-Requirements([string]$File) {
    # A second run installs nothing: the stamp holds the requirements it was made from.
    New-Venv
    $Stamp = Join-Path $Venv ".installed-$File"
    $Hash = (Get-FileHash $File).Hash
    if ((Test-Path $Stamp) -and ((Get-Content $Stamp) -eq $Hash)) { return }
    $Source = if ($env:WHEELS) { @("--no-index", "--find-links", $env:WHEELS) } else { @() }
    Invoke-Step $Py -m pip --disable-pip-version-check --no-input install --quiet --require-hashes @Source -r $File
    Set-Content $Stamp $Hash
}

function Install-Browser {
    $Known = "chromium", "chrome", "google-chrome" | Where-Object { Get-Command $_ -ErrorAction SilentlyContinue }
    if ($Known) { return }
    Invoke-Step $Py -m playwright install chromium
}

switch ($Command) {
    "store" {
        Install-Requirements "requirements.txt"
        Invoke-Step $Py manage.py build
    }
    "run" {
        Install-Requirements "requirements.txt"
        Invoke-Step $Py manage.py build
        Invoke-Step $Py -m streamlit run server.py --server.address $BindTo --server.port $Port
    }
    "test" {
        Install-Requirements "requirements-dev.txt"
        Install-Browser
        Invoke-Step $Py -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not slow" @Rest
    }
    "test-slow" {
        Install-Requirements "requirements-dev.txt"
        Install-Browser
        $env:EXAMPLES = "all"
        Invoke-Step $Py -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "slow or hypothesis" @Rest
    }
    "check" {
        Install-Requirements "requirements-dev.txt"
        Invoke-Step $Py -m ruff format --check .
        Invoke-Step $Py -m ruff check .
        Invoke-Step $Py -m mypy
        Invoke-Step (Join-Path $Venv "Scripts\lint-imports.exe")
    }
    "bench" {
        Install-Requirements "requirements-dev.txt"
        Install-Browser
        Invoke-Step $Py -m tests.bench
    }
    "screenshots" {
        Install-Requirements "requirements-dev.txt"
        Install-Browser
        Invoke-Step $Py -m tests.screenshots
    }
    "clean" {
        Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $Venv, data\local, .mypy_cache, .ruff_cache, .pytest_cache, .hypothesis, .import_linter_cache, tests\e2e\artifacts
    }
    default {
        Write-Host "make.ps1 run | store | test | test-slow | check | bench | screenshots | clean"
    }
}
