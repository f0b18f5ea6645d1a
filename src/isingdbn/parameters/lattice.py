"""How large, cold and hot a lattice may be."""

__all__ = ["COLDEST", "HOTTEST", "LARGEST_SIDE"]

# sites; the exact energy of larger tori, which every store is held against,
# takes many seconds and gigabytes
LARGEST_SIDE = 4096
COLDEST, HOTTEST = 1e-100, 1e100  # J/k_B; squares leave the range of floating point beyond
