"""The whole story on one machine: the services of production, a test PKI, letters as real PDFs."""
