"""Tests of fourp_nlp.

One thread for each library that would start more: matrices are small here, and threads that wait for their
share of one spin, which took three quarters of the processor time of a training. The libraries read these
names when they are loaded, so they are set before anything else is imported; processes that tests start inherit
them.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "10")
