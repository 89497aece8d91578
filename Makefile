PYTHON ?= python3

.PHONY: run test check setup lock

run test check setup lock:
	@$(PYTHON) run.py $@
